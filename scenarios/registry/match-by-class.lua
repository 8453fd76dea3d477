-- SPDX-License-Identifier: GPL-2.0-or-later
-- A driver that asks for a class gets whatever device says it is of that class.
local registry = require "registry"

return scenario {
  summary = "a driver that matches by class code gets the device of that class; a mask widens the match",
  machine = { dma0 = "dma", dma1 = "dma" },
  run = function(vm)
    local address = registry.address(1)
    local class = registry.sh(vm, ("cat /sys/bus/pci/devices/%s/class"):format(address))

    expect.match(registry.sh(vm, ("cat /sys/bus/pci/devices/%s/modalias"):format(address)), "bc08sc01i00$",
      "modalias says the class, too")
    vm:insmod("stunt_match", "class=020000") -- network
    expect.equal(registry.driver(vm, address), "none", "another class")
    expect.no_event { device = "dma0", class = "mmio.read" }
    vm:rmmod("stunt_match")

    vm:insmod("stunt_match", "class=" .. class)
    expect.equal(registry.driver(vm, address), "stunt_match", "the class")
    vm:rmmod("stunt_match")

    vm:insmod("stunt_match", "class=080000/ff0000") -- any system peripheral that has no driver yet
    expect.equal(registry.driver(vm, address), "stunt_match", "the base class")
    expect.event { device = "dma0", class = "mmio.read", offset = "ID", count = 2 }
  end,
}
