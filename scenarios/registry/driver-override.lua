-- SPDX-License-Identifier: GPL-2.0-or-later
-- driver_override names the one driver that may have a device, whatever the drivers' tables say; new_id adds to a table.
local registry = require "registry"

return scenario {
  summary = "driver_override keeps every other driver off and lets in one whose table does not have the device; new_id adds to a table",
  machine = { dma0 = "dma", dma1 = "dma" },
  run = function(vm)
    local first, second = registry.address(1), registry.address(2)
    vm:insmod("stunt_match") -- without parameters it has no table
    local override = ("/sys/bus/pci/devices/%s/driver_override"):format(first)
    expect.is_true(registry.bind(vm, "stunt_match", first), "not in its table")
    expect.equal(registry.write(vm, override, "stunt_match"), nil)
    vm:insmod("stunt_dma")
    expect.equal(registry.driver(vm, first), "none", "its own driver is kept off")
    expect.equal(registry.driver(vm, second), "stunt_dma")
    expect.no_event { device = "dma0", class = "mmio.read" }
    expect.is_true(registry.bind(vm, "stunt_dma", first), "also when it is asked to")

    expect.equal(registry.write(vm, "/sys/bus/pci/drivers_probe", first), nil)
    expect.equal(registry.driver(vm, first), "stunt_match", "the named one is let in")
    expect.event { device = "dma0", class = "mmio.read", offset = "ID", count = 1 }

    registry.unbind(vm, "stunt_match", first)
    expect.equal(registry.write(vm, override, ""), nil)
    expect.equal(registry.write(vm, "/sys/bus/pci/drivers_probe", first), nil)
    expect.equal(registry.driver(vm, first), "stunt_dma", "without it the tables count again")

    registry.unbind(vm, "stunt_dma", second)
    local ids = registry.sh(vm, ("cd /sys/bus/pci/devices/%s && echo $(cat vendor) $(cat device)"):format(second))
    expect.equal(registry.write(vm, "/sys/bus/pci/drivers/stunt_match/new_id", ids:gsub("0x", "")), nil)
    expect.equal(registry.driver(vm, second), "stunt_match", "a new id is looked for at once")
    expect.event { device = "dma1", class = "mmio.read", offset = "ID", at_least = 1 }
  end,
}
