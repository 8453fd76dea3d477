-- SPDX-License-Identifier: GPL-2.0-or-later
-- Completions that do not come: of a register read by the processor, and of memory read by the device.
local dma = require "dma"
local slot = require "slot"

return scenario {
  summary = "a completion that never comes: the reader gets ones or an error, AER names who waited, and the driver works on",
  machine = { dma0 = "dma" },
  modules = { "stunt_dma" },
  proves = {
    ["mmio.read completion-timeout"] = "ones, and the port's error: error_detected, mmio_enabled, resume",
    ["dma.read completion-timeout"] = "the job fails, and the device's error: error_detected, mmio_enabled, resume",
  },
  run = function(vm)
    local since = dma.last_event(vm)
    vm.dma0:fault { at = "mmio.read", nth = 1, action = "completion-timeout" }
    local r = vm:run("stunt-dma copy --channel 0 --size 4096")
    vm:sleep("100ms")
    expect.event { device = "dma0", class = "aer", source = 1, severity = 1, since = since, count = 1 }
    expect.equal(slot.calls(vm, since), "DETECTED_NORMAL MMIO_ENABLED RESUME", "the port's error is told to what is below it")
    expect.kernel_log("pcieport.*CmpltTO")
    slot.works(vm)

    since = dma.last_event(vm)
    vm.dma0:fault { at = "dma.read", match = { what = "DATA" }, nth = 1, action = "completion-timeout" }
    r = vm:run("stunt-dma copy --channel 0 --size 4096")
    expect.is_true(r.values.error == "EIO" or r.values.status == "BUS_ERROR", r.out)
    vm:sleep("100ms")
    expect.event { device = "dma0", class = "aer", source = 0, severity = 1, since = since, count = 1 }
    expect.equal(slot.calls(vm, since), "DETECTED_NORMAL MMIO_ENABLED RESUME")
    slot.works(vm)
    expect.equal(vm.dma0:misuse(), 0)
  end,
}
