-- SPDX-License-Identifier: GPL-2.0-or-later
-- A probe that fails, or asks to be tried later, leaves the device to the next driver.
local registry = require "registry"

local function probes(vm)
  return math.tointeger(registry.sh(vm, "cat /sys/module/stunt_match/parameters/probes"))
end

return scenario {
  summary = "a probe that fails or defers leaves the device to the next driver; a deferred one is asked again when another device is bound",
  machine = { dma0 = "dma" },
  run = function(vm)
    local address = registry.address(1)
    vm:insmod("stunt_match", "class=080100 probe=fail")
    expect.equal(registry.driver(vm, address), "none", "its probe failed")
    expect.equal(probes(vm), 1)
    vm:insmod("stunt_dma")
    expect.equal(registry.driver(vm, address), "stunt_dma", "so the next driver has it")
    expect.equal(vm:run("stunt-dma copy --size 5000").status, 0)
    expect.event { device = "dma0", class = "job.done", status = "OK" }

    registry.unbind(vm, "stunt_dma", address)
    expect.equal(registry.write(vm, "/sys/module/stunt_match/parameters/probe", "defer"), nil)
    expect.equal(registry.write(vm, "/sys/bus/pci/drivers_probe", address), nil)
    expect.equal(registry.driver(vm, address), "stunt_dma", "both are asked, and the one that can has it")
    expect.equal(probes(vm), 2, "the first that was asked deferred")

    vm:rmmod("stunt_dma")
    expect.is_true(registry.bind(vm, "stunt_match", address), "who binds by hand is told to try again")
    expect.equal(registry.write(vm, "/sys/bus/pci/drivers_probe", address), nil)
    local before = probes(vm)
    expect.match(registry.sh(vm, "cat /sys/kernel/debug/devices_deferred"), address)
    expect.equal(registry.write(vm, "/sys/module/stunt_match/parameters/probe", "ok"), nil)
    vm:insmod("stunt_nub")
    vm:insmod("stunt_hub")
    expect.equal(registry.write(vm, "/sys/devices/stunt_nub/new_device", "hub"), nil) -- something else is bound
    vm:sleep("100ms")
    expect.equal(probes(vm), before + 1, "asked once more")
    expect.equal(registry.driver(vm, address), "stunt_match")
  end,
}
