-- SPDX-License-Identifier: GPL-2.0-or-later
-- One prefix, many continuations: each delay starts from the same instruction.
local dma = require("dma")

local WATCHDOG_MS = 100

-- Copies with the interrupt late by so much; says whether the watchdog was faster.
local function copy_with_delay(vm, delay_ms)
  vm.dma0:fault { at = "irq.raise", match = { vector = "CH1_DONE" }, nth = 1, action = "delay",
    params = { ns = delay_ms * ns("1ms") } }
  local r = dma.ok(vm, "copy --channel 1 --size 4096")
  local lost = vm:run("stunt-dma info").values.lost_irqs
  expect.equal(r.values.data, "ok")
  if lost == 0 then
    expect.is_true(r.virtual_ns >= delay_ms * ns("1ms"), "it waited for its interrupt")
  end
  expect.is_true(r.virtual_ns < (WATCHDOG_MS + 5) * ns("1ms"), "nobody waits longer than for the watchdog")
  return lost == 1
end

return scenario {
  summary = "an interrupt that is late by any time ends its job once, with or without the watchdog",
  machine = { dma0 = "dma" },
  modules = { { "stunt_dma", "watchdog_ms=" .. WATCHDOG_MS } },
  run = function(vm)
    dma.ok(vm, "copy --channel 1 --size 4096") -- all is warm
    vm:snapshot("ready")
    local delays = { 1, 10, 50, 80, 90, 92, 94, 96, 97, 98, 99, 100, 101, 102, 103, 104, 106, 108, 110, 150 }
    local lost = {}
    for i, delay_ms in ipairs(delays) do
      vm:rewind("ready")
      vm:step(("delay %d ms"):format(delay_ms))
      lost[i] = copy_with_delay(vm, delay_ms)
      vm:sleep("100ms") -- an interrupt for a job that was ended comes now, and harms nobody
      expect.event { device = "dma0", class = "fault", count = 1 }
      local before = dma.last_event(vm)
      dma.ok(vm, "copy --channel 1 --size 4096")
      expect.event { device = "dma0", class = "irq.raise", since = before, count = 1 }
      expect.equal(vm:run("stunt-dma info").values.lost_irqs, lost[i] and 1 or 0, "no second one is lost")
      expect.is_true(i == 1 or lost[i] or not lost[i - 1], "a longer delay is not found sooner")
    end
    expect.equal({ lost[1], lost[#delays] }, { false, true }, "the sweep has both sides of the watchdog")
  end,
}
