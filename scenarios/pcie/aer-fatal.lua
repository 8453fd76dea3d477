-- SPDX-License-Identifier: GPL-2.0-or-later
-- A fatal error in the middle of a transfer: the link is not to be relied on, and is reset.
local slot = require "slot"

return scenario {
  summary = "a fatal error: error_detected, a reset of the link, slot_reset, resume; untouched in between, working afterwards",
  machine = { dma0 = { type = "dma", bandwidth = 2000000 } },
  modules = { "stunt_dma" },
  catches = { "no_error_detected", "no_restore" },
  run = function(vm)
    slot.patient(vm)
    local transfer, since = slot.transfer(vm)
    vm.dma0:aer { severity = "fatal", error = "MALF_TLP" }
    -- comes while the link is being reset; on a channel of its own, as the transfer's ring may be full
    local queued = vm:spawn("stunt-dma copy --channel 2 --size 4096")
    expect.equal(vm:wait(transfer).values.error, "EIO")
    expect.equal(vm:wait(queued).values.data, "ok", "what had not been begun runs after the recovery")
    expect.equal(slot.calls(vm, since), "DETECTED_FROZEN SLOT_RESET RESUME")
    local reset = vm:events { device = "dma0", class = "reset", kind = "HOT", since = since }
    expect.equal(#reset, 1)
    slot.left_alone(vm, slot.call(vm, "DETECTED_FROZEN"), slot.call(vm, "SLOT_RESET"))
    expect.kernel_log("severity=Uncorrect%a+ %(Fatal%)") -- Uncorrected in 6.1, Uncorrectable in 6.12
    vm.dma0:set("bandwidth", 0)
    slot.works(vm)
    expect.equal(vm:run("stunt-dma info").values.timeouts, 0)
    expect.equal(vm.dma0:misuse(), 0)
  end,
}
