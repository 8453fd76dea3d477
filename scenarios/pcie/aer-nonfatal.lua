-- SPDX-License-Identifier: GPL-2.0-or-later
-- An error that is not fatal: the device can still be talked to, and is not reset.
local slot = require "slot"

return scenario {
  summary = "a non-fatal error: error_detected, mmio_enabled, resume; work under way fails with EIO, later work runs",
  machine = { dma0 = { type = "dma", bandwidth = 2000000 } },
  modules = { "stunt_dma" },
  run = function(vm)
    slot.patient(vm)
    local transfer, since = slot.transfer(vm)
    vm.dma0:aer { severity = "nonfatal", error = "UNX_COMP", header = { 0x4a000001, 4, 0x01000000, 0 } }
    local r = vm:wait(transfer)
    expect.equal(r.values.error, "EIO", r.out)
    vm:sleep("10ms")
    expect.equal(slot.calls(vm, since), "DETECTED_NORMAL MMIO_ENABLED RESUME")
    slot.left_alone(vm, slot.call(vm, "DETECTED_NORMAL"), slot.call(vm, "MMIO_ENABLED"))
    expect.no_event { device = "dma0", class = "reset", kind = "HOT" }
    expect.kernel_log("UnxCmplt")
    expect.kernel_log("TLP Header: 4a000001 00000004 01000000 00000000")
    expect.equal(slot.aer_count(vm, "aer_dev_nonfatal", "UnxCmplt"), 1)
    vm.dma0:set("bandwidth", 0)
    slot.works(vm)
    expect.equal(vm.dma0:misuse(), 0)
  end,
}
