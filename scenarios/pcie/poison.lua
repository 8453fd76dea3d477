-- SPDX-License-Identifier: GPL-2.0-or-later
-- Data that is marked as bad on its way to the device, and from it.
local dma = require "dma"
local slot = require "slot"

return scenario {
  summary = "poisoned data is not used: the device fails the job, the root port drops the write, and both report it",
  machine = { dma0 = "dma" },
  modules = { "stunt_dma" },
  proves = {
    ["dma.read poison"] = "the job fails, and the device's error: error_detected, mmio_enabled, resume",
    ["dma.write poison"] = "the data is not there, and the port's error: error_detected, mmio_enabled, resume",
  },
  run = function(vm)
    local since = dma.last_event(vm)
    vm.dma0:fault { at = "dma.read", match = { what = "DATA" }, nth = 1, action = "poison" }
    local r = vm:run("stunt-dma copy --channel 0 --size 4096")
    expect.is_true(r.values.error == "EIO" or r.values.status == "BUS_ERROR", r.out)
    vm:sleep("100ms")
    expect.equal(slot.aer_count(vm, "aer_dev_nonfatal", "TLP"), 1)
    expect.equal(slot.calls(vm, since), "DETECTED_NORMAL MMIO_ENABLED RESUME")
    slot.works(vm)

    since = dma.last_event(vm)
    vm.dma0:fault { at = "dma.write", match = { what = "DATA" }, nth = 1, action = "poison" }
    r = vm:run("stunt-dma copy --channel 0 --size 4096")
    expect.is_true(r.values.data ~= "ok", "memory did not take it: " .. r.out)
    vm:sleep("100ms")
    expect.event { device = "dma0", class = "aer", source = 1, severity = 1, since = since, count = 1 }
    expect.equal(slot.calls(vm, since), "DETECTED_NORMAL MMIO_ENABLED RESUME")
    slot.works(vm)
    expect.equal(vm.dma0:misuse(), 0)
  end,
}
