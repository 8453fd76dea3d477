-- SPDX-License-Identifier: GPL-2.0-or-later
-- The slot is switched off and on from within the guest; then its supply fails.
local dma = require "dma"
local slot = require "slot"

return scenario {
  summary = "slot power: off and on by the guest, and a power fault; each time the driver lets go and is bound again",
  machine = { dma0 = "dma" },
  modules = { "stunt_dma" },
  run = function(vm)
    dma.write(vm, "/sys/bus/pci/slots/1/power", 0)
    slot.until_away(vm, "5s")
    expect.is_true(not vm.dma0:is_there())
    expect.no_event { device = "dma0", class = "slot", present = 0 }
    dma.write(vm, "/sys/bus/pci/slots/1/power", 1)
    slot.until_bound(vm)
    slot.works(vm)

    local since = dma.last_event(vm)
    vm.dma0:slot("off")
    expect.error(function() vm.dma0:slot("off") end, "off already")
    slot.until_away(vm, "5s")
    expect.kernel_log("Power fault")
    vm:sleep("5s")
    vm.dma0:slot("on")
    vm.dma0:button()
    slot.until_bound(vm)
    expect.event { device = "dma0", class = "reset", kind = "COLD", since = since }
    slot.works(vm)
    expect.equal(vm.dma0:misuse(), 0)
  end,
}
