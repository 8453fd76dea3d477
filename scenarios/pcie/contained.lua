-- SPDX-License-Identifier: GPL-2.0-or-later
-- A root port with DPC: a fatal error takes the link down before anybody knows of it. The slot is none for hot plug: a kernel
-- without EDR support lets pciehp take the link that DPC has taken down for a card that was pulled out.
local slot = require "slot"

return scenario {
  summary = "a fatal error is contained by the root port: link down at once, then error_detected, slot_reset, resume",
  machine = { dma0 = { type = "dma", port = "dpc=on,hotplug=off", bandwidth = 2000000 } },
  modules = { "stunt_dma" },
  run = function(vm)
    slot.patient(vm)
    local transfer, since = slot.transfer(vm)
    vm.dma0:aer { severity = "fatal", error = "DLP" }
    expect.is_true(not vm.dma0:is_there(), "contained")
    expect.equal(vm:wait(transfer).values.error, "EIO")
    expect.event { device = "dma0", class = "dpc", reason = 2, since = since, count = 1 }
    expect.event { device = "dma0", class = "port.irq", cause = 2, since = since, count = 1 }
    expect.event { device = "dma0", class = "port.irq", cause = 1, since = since, count = 0 }
    vm:sleep("2s")
    expect.equal(slot.calls(vm, since), "DETECTED_FROZEN SLOT_RESET RESUME")
    slot.left_alone(vm, slot.call(vm, "DETECTED_FROZEN"), slot.call(vm, "SLOT_RESET"))
    vm.dma0:set("bandwidth", 0)
    slot.works(vm)
    expect.equal(vm.dma0:misuse(), 0)
  end,
}
