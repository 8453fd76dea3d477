-- SPDX-License-Identifier: GPL-2.0-or-later
-- The device dies while nobody uses it: without the thread the driver knows at the next interrupt or job, with it soon.
local dma = require "dma"

local function threads(vm)
  return tonumber(vm:run({ "sh", "-c", "cat /proc/[0-9]*/comm | grep -c '^stunt-dma0-heal'" }).out)
end

local function sysfs(vm, file)
  return "/sys/bus/pci/devices/" .. dma.address(vm) .. "/" .. file
end

local function state(vm)
  return vm:run("stunt-dma info").values.state
end

return scenario {
  summary = "a thread finds that an idle device is dead, stops with the device, and does not exist unless asked for",
  machine = { dma0 = "dma" },
  catches = { "no_ones_check" },
  run = function(vm)
    vm:insmod("stunt_dma")
    expect.equal(threads(vm), 0)
    local since = dma.last_event(vm)
    vm:sleep("10s")
    expect.no_event { device = "dma0", since = since, message = "an idle device is left alone" }
    local ones = vm.dma0:fault { at = "mmio.read", action = "ones" }
    vm.dma0:interrupt("CH1_DONE")
    vm:sleep("1ms")
    expect.equal(state(vm), "gone", "an interrupt tells, too")
    ones:disarm()
    vm:rmmod("stunt_dma")

    vm:insmod("stunt_dma", "health_ms=50")
    dma.ok(vm, "copy --channel 0 --size 4096")
    expect.equal(threads(vm), 1)
    vm:sleep("200ms") -- the channel's watchdog has had its look, too
    since = dma.last_event(vm)
    vm:sleep("1s")
    local looks = expect.event { device = "dma0", class = "mmio.read", offset = "ID", since = since, at_least = 15, at_most = 20 }
    expect.event { device = "dma0", since = since, count = looks, message = "it only reads ID" }

    local dead = vm.dma0:fault { at = "mmio.read", action = "ones" }
    vm:sleep("100ms")
    expect.equal(state(vm), "gone")
    expect.kernel_log("the device does not answer any more")
    expect.equal(vm:run("stunt-dma copy --size 4096").values.error, "ENODEV")
    since = dma.last_event(vm)
    vm:sleep("10s")
    expect.no_event { device = "dma0", class = "mmio.read", since = since, message = "what is dead is not asked again" }

    dead:disarm()
    dma.write(vm, sysfs(vm, "reset_method"), "flr")
    dma.write(vm, sysfs(vm, "reset"), "1")
    expect.equal({ state(vm), threads(vm) }, { "running", 1 }, "a reset brings it back")
    dma.ok(vm, "copy --channel 0 --size 4096")

    dma.write(vm, "/sys/bus/pci/drivers/stunt_dma/unbind", dma.address(vm))
    expect.equal(threads(vm), 0, "after unbinding")
    since = dma.last_event(vm)
    vm:sleep("1s")
    expect.no_event { device = "dma0", class = "mmio.read", since = since, message = "nobody is there to ask" }
  end,
}
