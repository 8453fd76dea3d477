-- SPDX-License-Identifier: GPL-2.0-or-later
-- Whoever comes to a device that sleeps finds it awake; who only looks on leaves it asleep.
local dma = require "dma"
local power = require "power"

local function until_asleep(vm, what)
  vm:sleep("400ms")
  power.asleep(vm, what .. ": asleep again afterwards")
end

-- `use` wakes the device, once.
local function wakes(vm, what, use)
  vm:step(what)
  local since = dma.last_event(vm)
  use()
  expect.equal(power.count(vm, power.D0, since), 1, what .. " wakes it")
  until_asleep(vm, what)
end

local function leaves(vm, what, use)
  vm:step(what)
  local since = dma.last_event(vm)
  use()
  expect.no_event { device = "dma0", class = "power.enter", since = since, message = what .. " does not wake it" }
  power.asleep(vm, what)
end

local function sh(vm, text)
  local r = vm:run({ "sh", "-c", text })
  expect.equal(r.status, 0, text .. ": " .. r.err)
  return r
end

local function calls(vm)
  wakes(vm, "a copy", function() expect.equal(dma.ok(vm, "copy --size 70000 --crc").values.data, "ok") end)
  wakes(vm, "four callers at once", function() dma.ok(vm, "copy --threads 4 --size 9000") end)
  wakes(vm, "requests by the queue", function()
    expect.equal(dma.ok(vm, "submit --channel 2 --count 9 --entries 4 --size 3000").values.completed, 9)
  end)
  wakes(vm, "a raw descriptor", function() dma.ok(vm, "raw --channel 1 --op nop") end)
  wakes(vm, "the reset of a channel", function() dma.ok(vm, "reset --channel 3") end)
  wakes(vm, "a request that is called off", function()
    vm:run("stunt-dma submit --channel 0 --count 1 --size 3000 --cancel 0")
  end)
  -- both devices sleep: one works, the memory of the other is worked on
  vm:step("peer to peer")
  local since = dma.last_event(vm)
  dma.ok(vm, "peer --peer /dev/stunt-dma1 --channel 1 --size 3001 --offset 1001")
  for _, device in ipairs { "dma0", "dma1" } do
    expect.event { device = device, class = "power.enter", state = power.D0, since = since, count = 1 }
  end
  until_asleep(vm, "peer to peer")
  expect.equal(vm.dma1:get("power-state"), power.D3HOT)
end

local function kernel(vm, sysfs)
  wakes(vm, "a client of dmaengine", function()
    vm:insmod("stunt_dma_test", "device=" .. dma.address_of(vm, 0))
    expect.equal(#vm:kernel_log("stunt_dma_test: ok 12"), 1, "all tests")
    vm:rmmod("stunt_dma_test")
  end)
  wakes(vm, "a function reset", function() dma.write(vm, sysfs .. "/reset", 1) end)
end

-- The limits of moderation are there when the device has woken.
local function settings(vm, sysfs)
  leaves(vm, "a setting", function() dma.write(vm, sysfs .. "/coalesce_count", 3) end)
  wakes(vm, "a job", function()
    dma.ok(vm, "copy --channel 1 --size 64")
    expect.equal(vm.dma0:peek("CH_MODERATE.JOBS", 2), 3)
  end)
  dma.write(vm, sysfs .. "/coalesce_count", 0)
end

local function look_on(vm, sysfs)
  leaves(vm, "attributes", function() sh(vm, ("cat %s/jobs %s/irq_counts %s/irq_mode"):format(sysfs, sysfs, sysfs)) end)
  leaves(vm, "configuration space, which answers in D3hot", function() sh(vm, ("cat %s/config > /dev/null"):format(sysfs)) end)
  leaves(vm, "INFO", function() expect.equal(vm:run("stunt-dma info").values.state, "stopped") end)
  leaves(vm, "a scalar call", function() dma.ok(vm, "scalar --selector get --in 0,2 --out 1") end)
  leaves(vm, "the health thread", function() vm:sleep("2s") end)
end

-- It cannot be woken by an access of a program, so it sleeps when the program has let go. The mapping wakes it, too;
-- but `map` ends its hold when the state changes, so another one comes first.
local function mappings(vm)
  for _, what in ipairs { "bar", "ring", "comps", "bounce" } do
    wakes(vm, "a mapping of " .. what, function()
      dma.ok(vm, ("map --what %s --size 4k"):format(what))
      local held = vm:spawn(("stunt-dma map --what %s --size 4k --hold-ms 5000"):format(what))
      vm:sleep("2s")
      power.awake(vm, what .. " is mapped")
      expect.match(vm:wait(held).out, "touch signal=none")
    end)
  end
end

return scenario {
  summary = "calls, queue, clients in the kernel, mappings and resets wake a sleeping device; who looks on does not",
  machine = { dma0 = { type = "dma", bandwidth = 100000000 }, dma1 = "dma" },
  modules = { { "stunt_dma", "health_ms=10 watchdog_ms=20" } },
  catches = { "power_leaked" },
  deadline = "120s",
  run = function(vm)
    local sysfs = power.auto(vm, 0)
    power.auto(vm, 1)
    until_asleep(vm, "at first")
    calls(vm)
    kernel(vm, sysfs)
    settings(vm, sysfs)
    look_on(vm, sysfs)
    mappings(vm)
    local info = vm:run("stunt-dma info").values
    expect.equal({ info.lost_irqs, info.timeouts }, { 0, 0 })
    expect.equal({ vm.dma0:misuse(), vm.dma1:misuse() }, { 0, 0 })
  end,
}
