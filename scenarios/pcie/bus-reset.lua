-- SPDX-License-Identifier: GPL-2.0-or-later
-- The secondary bus is reset under a transfer, as an administrator may ask for.
local dma = require "dma"
local slot = require "slot"

return scenario {
  summary = "a reset of the bus with work in flight fails that work with EIO and nothing else; memory of the device stays",
  machine = { dma0 = { type = "dma", bandwidth = 2000000 } },
  modules = { "stunt_dma" },
  proves = { ["reset retry"] = "nothing: the PCI core waits until the ids are there" },
  run = function(vm)
    slot.patient(vm)
    dma.write(vm, slot.SYSFS .. "/reset_method", "bus")
    local transfer, since = slot.transfer(vm)
    dma.write(vm, slot.SYSFS .. "/reset", 1)
    expect.equal(vm:wait(transfer).values.error, "EIO")
    expect.event { device = "dma0", class = "reset", kind = "HOT", since = since, count = 1 }
    expect.event { device = "dma0", class = "link", since = since, count = 2 }
    expect.equal(slot.calls(vm, since), "")
    vm.dma0:set("bandwidth", 0)
    slot.works(vm)

    -- once more, and after it the device asks for patience
    vm.dma0:fault { at = "reset", match = { kind = "HOT" }, nth = 1, action = "retry", params = { ns = "3s" } }
    dma.write(vm, slot.SYSFS .. "/reset", 1)
    slot.works(vm)
    expect.equal(vm.dma0:misuse(), 0)
  end,
}
