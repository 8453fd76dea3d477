-- SPDX-License-Identifier: GPL-2.0-or-later
-- A driver that asks for vendor and device id gets the devices of that id, and no others.
local registry = require "registry"

return scenario {
  summary = "a driver that matches by vendor and device id gets every such device and no other; only those are touched",
  machine = { dma0 = "dma", dma1 = "dma" },
  run = function(vm)
    local first, second = registry.address(1), registry.address(2)
    local vendor = registry.sh(vm, "cat /sys/bus/pci/devices/" .. first .. "/vendor")
    local device = registry.sh(vm, "cat /sys/bus/pci/devices/" .. first .. "/device")

    vm:insmod("stunt_match", ("id=%s:%x"):format(vendor, math.tointeger(device) + 0x100))
    expect.equal(registry.driver(vm, first), "none", "another id")
    expect.no_event { device = "dma0", class = "mmio.read" }
    vm:rmmod("stunt_match")

    vm:insmod("stunt_match", ("id=%s:%s"):format(vendor, device))
    expect.equal(registry.driver(vm, first), "stunt_match")
    expect.equal(registry.driver(vm, second), "stunt_match")
    expect.equal(registry.driver(vm, "0000:00:02.0"), "stunt_link", "the link has its driver, and another id")
    for _, name in ipairs { "dma0", "dma1" } do
      expect.event { device = name, class = "mmio.read", offset = "ID", count = 1 }
    end
    vm:rmmod("stunt_match")
    expect.equal(registry.driver(vm, first), "none")
  end,
}
