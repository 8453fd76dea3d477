-- SPDX-License-Identifier: GPL-2.0-or-later
-- A doorbell means work: also when interrupts and doorbells get lost and the watchdog rings again.
local dma = require "dma"
local mapped = require "mapped"

return scenario {
  summary = "each doorbell hands something over, also in recovery",
  machine = { dma0 = "dma" },
  modules = { "stunt_dmacheck", { "stunt_dma", "watchdog_ms=20 job_timeout_ms=100" } },
  catches = { "empty_doorbell" },
  proves = { ["mmio.write drop"] = "the watchdog rings the doorbell again" },
  run = function(vm)
    mapped.load(vm)
    vm.dma0:fault { id = "doorbell", at = "mmio.write", match = { offset = "CH_TAIL[0]" }, nth = 1, action = "drop" }
    dma.ok(vm, "copy --channel 0 --size 20000")
    vm.dma0:fault { id = "interrupt", at = "irq.raise", match = { vector = "CH1_DONE" }, nth = 1, action = "drop" }
    dma.ok(vm, "copy --channel 1 --size 20000")
    local info = vm:run("stunt-dma info").values
    expect.equal({ info.doorbells, info.lost_irqs }, { 1, 1 }, "rung again, and made up for")
    mapped.load(vm)
    mapped.clean(vm)
  end,
}
