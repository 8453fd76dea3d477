-- SPDX-License-Identifier: GPL-2.0-or-later
-- Jobs queue up behind a slow one and then end one after the other, at a distance that grows from run to run: an interrupt
-- comes before, while and after the driver serves the last one.
local dma = require "dma"
local kernel = require "kernel"

-- Pairs of interrupts that are less than this apart: the second finds the first still being served.
local CLOSE_NS = 17000

local function close_pairs(vm, since)
  local found, last = 0, nil
  for _, raised in ipairs(vm:events { device = "dma0", class = "irq.raise", vector = "CH1_DONE", since = since }) do
    if last and raised.time_ns - last < CLOSE_NS then
      found = found + 1
    end
    last = raised.time_ns
  end
  return found
end

return scenario {
  summary = "an interrupt that comes while the last one is being served is served, too, however close they are",
  machine = { dma0 = "dma" },
  modules = { { "stunt_dma", "watchdog_ms=20" } },
  proves = { ["job.start delay"] = "the jobs queue up behind it and each ends with an interrupt of its own" },
  run = function(vm)
    kernel.needs_full_speed(vm)
    local found = 0
    vm.dma0:fault { at = "job.start", match = { channel = 1 }, nth = 1, every = 4, action = "delay", params = { ns = "5ms" } }
    for latency = 1000, 20000, 200 do
      local since = dma.last_event(vm)
      vm.dma0:set("latency-ns", latency)
      dma.ok(vm, "copy --channel 1 --threads 4 --size 16")
      found = found + close_pairs(vm, since)
    end
    expect.is_true(found >= 100, ("interrupts close to each other: %d"):format(found))
    local info = vm:run("stunt-dma info").values
    expect.equal({ info.lost_irqs, info.timeouts, info.errors }, { 0, 0, 0 })
  end,
}
