-- SPDX-License-Identifier: GPL-2.0-or-later
-- A function without No_Soft_Reset resets itself when it wakes: what the driver and the kernel do not put back is not there.
local dma = require "dma"

return scenario {
  summary = "a function that has lost registers and configuration space in D3hot works after a suspend, and so does one that has not",
  machine = { dma0 = { type = "dma", ["no-soft-reset"] = false } },
  modules = { "stunt_dma" },
  proves = { ["power.enter keep-context"] = "the driver sets everything up anew all the same, and the old state does no harm" },
  run = function(vm)
    dma.ok(vm, "copy --channel 1 --size 4096")
    local since = dma.last_event(vm)
    vm:suspend("freeze", { test = "platform" })
    expect.event { device = "dma0", class = "reset", kind = "POWER", since = since, count = 1 }
    dma.ok(vm, "copy --channel 1 --size 4096")

    vm.dma0:fault { at = "power.enter", match = { state = 0 }, nth = 1, action = "keep-context" }
    since = dma.last_event(vm)
    vm:suspend("freeze", { test = "platform" })
    expect.no_event { device = "dma0", class = "reset", kind = "POWER", since = since }
    dma.ok(vm, "copy --channel 1 --size 4096")
    expect.equal(vm.dma0:misuse(), 0)
  end,
}
