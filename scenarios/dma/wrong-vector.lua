-- SPDX-License-Identifier: GPL-2.0-or-later
-- The completion's interrupt comes on another channel's vector, twice: one channel waits, the other is disturbed.
local dma = require "dma"

return scenario {
  summary = "an interrupt on the wrong vector neither loses a completion nor upsets the other channel",
  machine = { dma0 = "dma" },
  modules = { { "stunt_dma", "watchdog_ms=100" } },
  proves = {
    ["irq.raise wrong-vector"] = "the watchdog finds the completion, the other channel counts a spurious interrupt",
    ["irq.raise duplicate"] = "the second one finds nothing to do and is counted as spurious",
  },
  run = function(vm)
    vm.dma0:fault {
      at = "irq.raise", match = { vector = "CH0_DONE" }, nth = 1, action = "wrong-vector", params = { vector = 3 },
    }
    vm.dma0:fault { at = "irq.raise", match = { vector = "CH2_DONE" }, nth = 1, action = "duplicate" }
    dma.ok(vm, "copy --channel 0 --size 4096")
    dma.ok(vm, "copy --channel 3 --size 4096")
    dma.ok(vm, "copy --channel 2 --size 4096")
    local info = vm:run("stunt-dma info").values
    expect.equal(info.lost_irqs, 1, "made up for by the watchdog")
    expect.is_true(info.spurious_irqs >= 1, "seen as what they are")
    expect.equal(info.errors, 0)
  end,
}
