-- SPDX-License-Identifier: GPL-2.0-or-later
-- A program that watches the registry is told of what happens to a device, and the device's own events stand beside it.
local dma = require "dma"
local registry = require "registry"

return scenario {
  summary = "a program sees removal, arrival, reset and loss of a device in order, and each is where the device's own events put it",
  machine = { dma0 = "dma" },
  modules = { "stunt_dma" },
  run = function(vm)
    local address = dma.address(vm)
    local there = registry.list(vm)
    expect.equal(there["stunt-dma0"].device, address)
    expect.equal(there["stunt-dma0"].present, 1)
    expect.equal(there["stunt-link"].driver, "stunt_link")

    local watch = registry.watch(vm, "--count 6 --timeout-ms 20000")
    local other = registry.watch(vm, "--count 6 --timeout-ms 20000")
    registry.unbind(vm, "stunt_dma", address)
    expect.equal(registry.bind(vm, "stunt_dma", address), nil)
    expect.equal(registry.write(vm, ("/sys/bus/pci/devices/%s/reset"):format(address), "1"), nil)
    local reset = vm:events { device = "dma0", class = "reset", kind = "FLR" }
    vm.dma0:fault { at = "mmio.read", action = "ones" }
    expect.equal(vm:run("stunt-dma copy --size 4096").values.error, "ENODEV")
    vm:rmmod("stunt_dma")

    local events = registry.watched(vm, watch)
    expect.equal(registry.story(events), {
      "removed stunt-dma0 running",
      "arrived stunt-dma0 running",
      "changed stunt-dma0 stopped",
      "changed stunt-dma0 running",
      "changed stunt-dma0 gone",
      "removed stunt-dma0 gone",
    })
    expect.equal(registry.watched(vm, other), events, "every reader is told the same")
    for i = 2, #events do
      expect.equal(events[i].seq, events[i - 1].seq + 1, "no event is missing")
      expect.is_true(events[i].time_ns > events[i - 1].time_ns, "in order of time")
    end
    expect.not_equal(events[2].id, there["stunt-dma0"].id, "bound again it is another one")

    -- the reset as the device saw it lies between the two events, and nothing else touched the device meanwhile
    expect.equal(#reset, 1)
    local stopped, running = events[3].time_ns, events[4].time_ns
    expect.between(running - stopped, ns("100ms"), ns("200ms"), "a function has 100 ms to come back from its reset")
    local back = vm:events { device = "dma0", class = "mmio.read", offset = "ID", since = reset[1].seq }[1]
    expect.between(back.time_ns - reset[1].time_ns, ns("100ms"), running - stopped, "it was asked for its id before it was told of")
    local first_ones = vm:events { device = "dma0", class = "fault" }[1]
    expect.is_true(first_ones.seq > back.seq)
  end,
}
