-- SPDX-License-Identifier: GPL-2.0-or-later
-- Somebody presses the attention button of an idle device's slot, takes the card out, and puts it in again.
local dma = require "dma"
local slot = require "slot"

return scenario {
  summary = "an idle device is unplugged in order: unbound while it still answers, then switched off; plugged in it works again",
  machine = { dma0 = "dma" },
  modules = { "stunt_dma" },
  run = function(vm)
    slot.works(vm)
    local since = dma.last_event(vm)
    vm.dma0:unplug()
    expect.error(function() vm.dma0:unplug() end, "being unplugged")
    vm:sleep("4s")
    expect.is_true(vm.dma0:is_there() and slot.bound(vm), "Linux gives five seconds to think better of it")
    expect.event { device = "dma0", class = "slot", power_indicator = 2, since = since, message = "blinking" }
    slot.until_out(vm)
    expect.is_true(not vm.dma0:is_there())
    expect.equal(vm:run("test -e /dev/stunt-dma0").status, 1)
    local down = vm:events { device = "dma0", class = "link", up = 0, since = since }[1]
    local off = vm:events { device = "dma0", class = "mmio.write", offset = "CTRL", since = since }
    expect.is_true(#off > 0 and off[#off].seq < down.seq, "the driver has switched it off before the slot was")
    expect.error(function() vm.dma0:remove() end, "empty")

    vm.dma0:plug()
    expect.error(function() vm.dma0:plug() end, "a card is in the slot")
    slot.until_bound(vm)
    expect.event { device = "dma0", class = "reset", kind = "COLD", since = since }
    slot.works(vm)
    expect.equal(vm.dma0:misuse(), 0)
  end,
}
