-- SPDX-License-Identifier: GPL-2.0-or-later
-- After a fatal error the link is reset, and the device comes back with registers of ones.
local dma = require "dma"
local slot = require "slot"

return scenario {
  summary = "a device that comes back from a reset with registers of ones is given up in slot_reset; another reset takes it back",
  machine = { dma0 = { type = "dma", bandwidth = 2000000 } },
  modules = { "stunt_dma" },
  run = function(vm)
    slot.patient(vm)
    local transfer, since = slot.transfer(vm)
    local reset = vm.dma0:fault { at = "reset", match = { kind = "HOT" }, nth = 1, action = "mark" }
    local ones = vm.dma0:fault { at = "mmio.read", after = reset, action = "ones" }
    vm.dma0:aer { severity = "fatal" }
    expect.equal(vm:wait(transfer).values.error, "ENODEV")
    expect.equal(slot.calls(vm, since), "DETECTED_FROZEN SLOT_RESET")
    ones:disarm()
    vm.dma0:set("bandwidth", 0)
    dma.write(vm, slot.SYSFS .. "/reset_method", "flr")
    dma.write(vm, slot.SYSFS .. "/reset", 1)
    slot.works(vm)
    expect.equal(vm.dma0:misuse(), 0)
  end,
}
