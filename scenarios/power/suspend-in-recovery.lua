-- SPDX-License-Identifier: GPL-2.0-or-later
-- The system is to sleep while a device is in error: nobody may touch it, so it cannot be made ready to sleep.
local dma = require "dma"
local power = require "power"
local slot = require "slot"

return scenario {
  summary = "while a device is being recovered from an error the system does not go to sleep; once it is given up, it keeps nobody awake",
  machine = { dma0 = { type = "dma", bandwidth = 2000000 } },
  modules = { "stunt_dma" },
  proves = { ["reset link-down"] = "the recovery is broken off; until the driver gives up, sleep is refused with EBUSY" },
  deadline = "10min",
  run = function(vm)
    slot.works(vm)
    local since = dma.last_event(vm)
    vm.dma0:fault { at = "reset", match = { kind = "HOT" }, nth = 1, action = "link-down" }
    vm.dma0:aer { severity = "fatal" }
    vm:sleep("10s")
    expect.equal(slot.calls(vm, since), "DETECTED_FROZEN")
    local detected = slot.call(vm, "DETECTED_FROZEN", since)
    local r = power.suspend(vm)
    expect.match(r.err, "busy", "sleep is refused")
    vm:sleep("1s")
    expect.no_event { device = "dma0", class = "mmio.read", since = detected.seq, message = "it is left alone" }
    expect.no_event { device = "dma0", class = "mmio.write", since = detected.seq, message = "it is left alone" }

    vm:sleep("2min")
    expect.kernel_log("no end of the recovery")
    expect.equal(power.suspend(vm).status, 0)
    vm:sleep("5s") -- Linux 6.12 waits for the link, in vain
    expect.equal(vm.dma0:misuse(), 0)
  end,
}
