-- SPDX-License-Identifier: GPL-2.0-or-later
-- All ways into the system's sleep, as deep as the kernel's own tests of it go, with a call and requests in work.
-- Of hibernation freeze and thaw; hibernate.lua has an image, and restores it.
local dma = require "dma"
local power = require "power"

-- How it sleeps, how deep it goes, and how often the device then is in D3hot.
local WAYS = {
  { "freeze", "devices", 0 }, { "freeze", "platform", 1 },
  { "s3", "devices", 0 }, { "s3", "platform", 1 }, { "s3", "processors", 1 }, { "s3", "core", 1 },
  { "disk", "core", 0 },
}

local function hibernate(vm, depth)
  dma.write(vm, "/sys/module/suspend/parameters/pm_test_delay", 0)
  dma.write(vm, "/sys/power/pm_test", depth)
  return vm:run({ "sh", "-c", "echo disk > /sys/power/state" })
end

-- A call that is in work blocks until the system has woken and ends well; a request too; whoever polls is told.
local function with_work(vm, way, depth, sleeps)
  local call = vm:spawn("stunt-dma copy --channel 1 --size 400000 --crc")
  local requests = vm:spawn("stunt-dma submit --channel 2 --count 2 --size 200000")
  local watch = vm:spawn("stunt-dma watch --count 1 --hold-ms 60000")
  dma.until_busy(vm, 1)
  local since = dma.last_event(vm)
  local r = way == "disk" and hibernate(vm, depth) or power.suspend(vm, depth, way)
  expect.equal(r.status, 0, r.err)
  expect.equal({ power.count(vm, power.D3HOT, since), power.count(vm, power.D0, since) }, { sleeps, sleeps })
  expect.is_true(not call:done(), "it is still to come")
  if way ~= "disk" then -- where the device works on for the second that it takes to find memory for the image
    expect.is_true(not requests:done(), "they are still to come")
  end

  r = vm:wait(call)
  expect.equal({ r.status, r.values.data }, { 0, "ok" }, r.out)
  r = vm:wait(requests)
  expect.equal({ r.status, r.values.completed, r.values.failed }, { 0, 2, 0 }, r.out)
  local states = {}
  for state in vm:wait(watch).out:gmatch("watch state=(%a+)") do
    states[#states + 1] = state
  end
  expect.equal(states, { "running", "running" }, "poll() says that there was a change; it runs again when the program does")
end

-- A device that sleeps by itself is left alone.
local function already_asleep(vm)
  power.auto(vm)
  vm:sleep("300ms")
  power.asleep(vm)
  for _, way in ipairs { "freeze", "s3" } do
    local since = dma.last_event(vm)
    expect.equal(power.suspend(vm, "platform", way).status, 0)
    expect.no_event { device = "dma0", class = "power.enter", since = since, message = way }
    power.asleep(vm, "still, after " .. way)
    dma.ok(vm, "copy --channel 3 --size 4096")
    vm:sleep("300ms")
  end
end

return scenario {
  summary = "calls and requests in work block through every way of sleep and end well, pollers are told; who sleeps by itself is left alone",
  machine = { dma0 = { type = "dma", bandwidth = 1000000 } },
  modules = { { "stunt_dma", "health_ms=10" } },
  deadline = "300s",
  run = function(vm)
    vm:snapshot("before")
    for _, way in ipairs(WAYS) do
      vm:rewind("before")
      vm:step(("%s, %s"):format(way[1], way[2]))
      with_work(vm, table.unpack(way))
      expect.equal(vm.dma0:misuse(), 0)
    end
    already_asleep(vm)
    expect.equal(vm.dma0:misuse(), 0)
  end,
}
