-- SPDX-License-Identifier: GPL-2.0-or-later
-- A device without hardware: it is matched by name, has properties, and comes and goes as others do.
local registry = require "registry"

local ROOT = "/sys/devices/stunt_nub"
local BUS = "/sys/bus/auxiliary"

return scenario {
  summary = "a device without hardware is matched by its name, its driver reads its properties, and no hardware is touched for it",
  machine = { dma0 = "dma" },
  modules = { "stunt_dma" },
  run = function(vm)
    vm:insmod("stunt_nub")
    vm:insmod("stunt_hub")
    local before = #vm:events { device = "dma0" }
    local watch = registry.watch(vm, "--count 4 --timeout-ms 5000")
    expect.equal(registry.write(vm, ROOT .. "/new_device", "hub label=left ports=1"), nil)
    expect.equal(registry.write(vm, ROOT .. "/new_device", "lamp colour=red"), nil)
    expect.equal(registry.sh(vm, ("basename $(readlink %s/devices/stunt_nub.hub.0/driver)"):format(BUS)), "stunt_hub.hub")
    expect.equal(registry.sh(vm, ("grep MODALIAS %s/devices/stunt_nub.hub.0/uevent"):format(BUS)), "MODALIAS=auxiliary:stunt_nub.hub")
    expect.kernel_log("stunt_nub.hub.0: hub left with 1 ports", "the driver has read its properties")
    expect.equal(vm:run(("test -e %s/devices/stunt_nub.lamp.1/driver"):format(BUS)).status, 1, "nobody drives lamps")
    expect.equal(registry.list(vm)["stunt_nub.hub.0"].driver, "stunt_hub.hub")

    for _, bad in ipairs { "", "a.b", "hub ports", "hub =1", "hub " .. ("x"):rep(40) .. "=1", "hub a=1 b=1 c=1 d=1 e=1 f=1 g=1 h=1 i=1" } do
      expect.is_true(registry.write(vm, ROOT .. "/new_device", bad), "refused: " .. bad)
    end
    expect.match(registry.write(vm, ROOT .. "/delete_device", "stunt_nub.hub.7") or "", "No such file")

    expect.equal(registry.write(vm, ROOT .. "/delete_device", "stunt_nub.hub.0"), nil)
    expect.equal(registry.story(registry.watched(vm, watch)), {
      "arrived stunt_nub.hub.0 running",
      "arrived stunt_hub.port.0 running",
      "removed stunt_hub.port.0 running",
      "removed stunt_nub.hub.0 running",
    })
    vm:rmmod("stunt_hub")
    vm:rmmod("stunt_nub")
    expect.equal(registry.sh(vm, "ls " .. BUS .. "/devices"), "", "the lamp went with the module")
    expect.equal(#vm:events { device = "dma0" }, before, "the device beside it has seen nothing of all that")
  end,
}
