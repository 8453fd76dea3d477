-- SPDX-License-Identifier: GPL-2.0-or-later
-- Children are part of their parent: they go before it, last one first, however the parent goes.
local registry = require "registry"

local ROOT = "/sys/devices/stunt_nub"
local DRIVER = "/sys/bus/auxiliary/drivers/stunt_hub.hub"

-- What a hub with two ports and its end look like from outside.
local function story(hub, ports)
  return {
    ("arrived stunt_nub.hub.%d running"):format(hub),
    ("arrived stunt_hub.port.%d running"):format(ports),
    ("arrived stunt_hub.port.%d running"):format(ports + 1),
    ("removed stunt_hub.port.%d running"):format(ports + 1),
    ("removed stunt_hub.port.%d running"):format(ports),
    ("removed stunt_nub.hub.%d running"):format(hub),
  }
end

local function watch_hub(vm)
  local watch = registry.watch(vm, "--count 6 --timeout-ms 5000")
  expect.equal(registry.write(vm, ROOT .. "/new_device", "hub ports=2"), nil)
  return watch
end

return scenario {
  summary = "children go before their parent, last one first: by deletion, unbinding, failure and unloading; what is open holds the memory, not the device",
  run = function(vm)
    vm:insmod("stunt_nub")
    vm:insmod("stunt_hub")
    local watch = watch_hub(vm)
    expect.equal(registry.sh(vm, ("cd %s/stunt_nub.hub.0 && cat stunt_hub.port.0/port stunt_hub.port.1/port"):format(ROOT)), "0\n1")
    expect.equal(registry.write(vm, ROOT .. "/delete_device", "stunt_nub.hub.0"), nil)
    expect.equal(registry.story(registry.watched(vm, watch)), story(0, 0), "deleted")

    watch = watch_hub(vm)
    expect.equal(registry.write(vm, DRIVER .. "/unbind", "stunt_nub.hub.0"), nil)
    expect.equal(registry.story(registry.watched(vm, watch)), story(0, 0), "unbound")
    expect.equal(registry.sh(vm, ("ls -d %s/stunt_nub.hub.0/stunt_hub.port.* 2>/dev/null || echo none"):format(ROOT)), "none")

    -- a child's attribute is held open while its parent goes
    expect.equal(registry.write(vm, DRIVER .. "/bind", "stunt_nub.hub.0"), nil)
    local r = vm:run({ "sh", "-c", ("exec 3< %s/stunt_nub.hub.0/stunt_hub.port.1/port; "):format(ROOT)
      .. ("echo stunt_nub.hub.0 > %s/delete_device; cat <&3; echo cat=$?"):format(ROOT) })
    expect.match(r.out .. r.err, "cat=1", "what is open gives an error, no more")
    expect.match(r.err, "No such device")

    -- too many ports: the parent's probe fails, and leaves no child behind
    expect.equal(registry.write(vm, ROOT .. "/new_device", "hub ports=17"), nil)
    expect.equal(registry.list(vm)["stunt_nub.hub.0"], nil)
    expect.kernel_log("17 ports, at most 16")
    expect.equal(registry.write(vm, ROOT .. "/delete_device", "stunt_nub.hub.0"), nil)

    watch = watch_hub(vm)
    vm:rmmod("stunt_hub")
    expect.equal(#registry.watched(vm, watch), 6, "the driver's module goes: all are removed")
    vm:rmmod("stunt_nub")
    expect.equal(vm:run("test -e " .. ROOT).status, 1)
  end,
}
