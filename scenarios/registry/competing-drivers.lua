-- SPDX-License-Identifier: GPL-2.0-or-later
-- Two drivers want the same device. Who is registered first has it, until it lets go.
local registry = require "registry"

return scenario {
  summary = "of two drivers for one device the first has it; the second gets it when the first lets go, and both ways the device works",
  machine = { dma0 = "dma", dma1 = "dma" },
  run = function(vm)
    local address = registry.address(1)
    vm:insmod("stunt_match", "class=080100")
    expect.equal(registry.driver(vm, address), "stunt_match", "the first")
    vm:insmod("stunt_dma")
    expect.equal(registry.driver(vm, address), "stunt_match", "the second does not take it away")
    expect.no_event { device = "dma0", class = "mmio.write" }
    expect.match(registry.bind(vm, "stunt_dma", address) or "", "busy", "nor when it is asked to")
    expect.equal(registry.list(vm)["stunt-dma0"], nil)

    registry.unbind(vm, "stunt_match", address)
    expect.equal(registry.driver(vm, address), "none", "an unbound device waits to be asked for")
    expect.equal(registry.bind(vm, "stunt_dma", address), nil)
    expect.equal(vm:run("stunt-dma copy --size 5000").status, 0)
    expect.event { device = "dma0", class = "job.done", status = "OK" }
    expect.match(registry.bind(vm, "stunt_match", address) or "", "busy")

    vm:rmmod("stunt_dma")
    expect.equal(vm.dma0:peek("CTRL"), 0, "the device is left as after a reset")
    expect.equal(registry.bind(vm, "stunt_match", address), nil, "and goes back to the other")
    expect.equal(registry.list(vm)["stunt-match-" .. address].driver, "stunt_match")
  end,
}
