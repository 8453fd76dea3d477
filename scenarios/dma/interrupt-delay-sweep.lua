-- SPDX-License-Identifier: GPL-2.0-or-later
-- One prefix, many continuations: each delay starts from the same instruction.
local dma = require("dma")
local sweep = require("sweep")

local WATCHDOG_MS = 100

-- Copies with the interrupt late by so much; says whether the watchdog was faster.
local function copy_with_delay(vm, delay_ns)
  vm.dma0:fault { at = "irq.raise", match = { vector = "CH1_DONE" }, nth = 1, action = "delay",
    params = { ns = delay_ns } }
  local r = dma.ok(vm, "copy --channel 1 --size 4096")
  local lost = vm:run("stunt-dma info").values.lost_irqs
  expect.equal(r.values.data, "ok")
  if lost == 0 then
    expect.is_true(r.virtual_ns >= delay_ns, "it waited for its interrupt")
  end
  expect.is_true(r.virtual_ns < (WATCHDOG_MS + 5) * ns("1ms"), "nobody waits longer than for the watchdog")
  return lost == 1
end

local function judge_delay(vm, delay_ns)
  local lost = copy_with_delay(vm, delay_ns)
  vm:sleep("100ms") -- an interrupt for a job that was ended comes now, and harms nobody
  expect.event { device = "dma0", class = "fault", count = 1 }
  local before = dma.last_event(vm)
  dma.ok(vm, "copy --channel 1 --size 4096")
  expect.event { device = "dma0", class = "irq.raise", since = before, count = 1 }
  expect.equal(vm:run("stunt-dma info").values.lost_irqs, lost and 1 or 0, "no second one is lost")
  return lost
end

return scenario {
  summary = "an interrupt that is late by any time ends its job once, with or without the watchdog",
  machine = { dma0 = "dma" },
  modules = { { "stunt_dma", "watchdog_ms=" .. WATCHDOG_MS } },
  proves = { ["irq.raise delay"] = "the job ends once: by its interrupt, or by the watchdog when that comes first" },
  run = function(vm)
    dma.ok(vm, "copy --channel 1 --size 4096") -- all is warm
    local points = sweep(vm, "10ms", "150ms", "10ms", judge_delay, { refine = "1ms" })
    for i = 2, #points do
      expect.is_true(points[i].outcome or not points[i - 1].outcome, "a longer delay is not found sooner")
    end
    expect.equal({ points[1].outcome, points[#points].outcome }, { false, true },
      "the sweep has both sides of the watchdog")
  end,
}
