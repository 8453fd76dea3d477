-- SPDX-License-Identifier: GPL-2.0-or-later
-- After a fatal error the link is reset and does not come up: the kernel breaks its recovery off, and calls the driver no more.
local slot = require "slot"

return scenario {
  summary = "a recovery that is broken off: after two minutes the driver gives up by itself, everybody gets ENODEV, nothing is polled",
  machine = { dma0 = { type = "dma", bandwidth = 2000000 } },
  modules = { "stunt_dma" },
  proves = { ["reset link-down"] = "the recovery is broken off; after two minutes all jobs end with ENODEV" },
  deadline = "10min",
  run = function(vm)
    slot.patient(vm)
    local transfer, since = slot.transfer(vm)
    vm.dma0:fault { at = "reset", match = { kind = "HOT" }, nth = 1, action = "link-down" }
    vm.dma0:aer { severity = "fatal" }
    expect.equal(vm:wait(transfer).values.error, "ENODEV")
    expect.equal(slot.calls(vm, since), "DETECTED_FROZEN")
    expect.kernel_log("no end of the recovery")
    expect.equal(vm:run("stunt-dma copy --size 4096").status == 0, false)
    expect.equal(vm.dma0:misuse(), 0)
  end,
}
