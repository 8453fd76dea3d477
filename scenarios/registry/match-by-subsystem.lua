-- SPDX-License-Identifier: GPL-2.0-or-later
-- Two boards with the same chip: only the subsystem id tells them apart, and the driver for one leaves the other alone.
local registry = require "registry"

return scenario {
  summary = "of two devices that differ in the subsystem id alone a driver gets the one that it asks for; a chip's driver gets both",
  machine = { dma0 = "dma", dma1 = { type = "dma", ["subsystem-id"] = 0x77, ["subsystem-vendor-id"] = 0x1af4 } },
  run = function(vm)
    local plain, special = registry.address(1), registry.address(2)

    vm:insmod("stunt_match", "subsystem=1af4:0077")
    expect.equal(registry.driver(vm, plain), "none", "another subsystem")
    expect.equal(registry.driver(vm, special), "stunt_match")
    expect.no_event { device = "dma0", class = "mmio.read" }
    expect.event { device = "dma1", class = "mmio.read", offset = "ID", count = 1 }

    vm:insmod("stunt_dma") -- asks for vendor and device only: takes what is free
    expect.equal(registry.driver(vm, plain), "stunt_dma")
    expect.equal(registry.driver(vm, special), "stunt_match", "who has it keeps it")
    vm:rmmod("stunt_match")
    expect.equal(registry.bind(vm, "stunt_dma", special), nil, "the chip's driver takes the special board, too")
    expect.equal(vm:run("stunt-dma copy --size 5000 --device /dev/stunt-dma1").status, 0)
    expect.event { device = "dma1", class = "job.done", status = "OK" }
  end,
}
