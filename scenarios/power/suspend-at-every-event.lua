-- SPDX-License-Identifier: GPL-2.0-or-later
-- The system goes to sleep under requests in work, once for each event of theirs: the channel is made to stand still at that event, so
-- that the driver finds it just there when it stops it.
local dma = require "dma"
local events = require "events"
local power = require "power"

local CHANNEL, REQUESTS = 1, 4
local JOB = ("submit --channel %d --count %d --size 20000 --src-offset 5 --dst-offset 9"):format(CHANNEL, REQUESTS)
local LONGER_THAN_IT_TAKES = "40ms"

local function events_of_it(vm)
  local since = dma.last_event(vm)
  dma.ok(vm, JOB)
  return events.points(vm, "dma0", since)
end

-- What became of it; anything but "ok" is wrong.
local function suspended_at(vm, point)
  local since = dma.last_event(vm)
  local rule = vm.dma0:fault { at = point.class, nth = point.nth, action = "pause",
    on_pause = function(there) there.dma0:poke("CH_CTRL.PAUSE", CHANNEL, 1) end }
  local requests = vm:spawn("stunt-dma " .. JOB)
  vm:sleep(LONGER_THAN_IT_TAKES)
  expect.equal({ rule:status().fired, vm.dma0:peek("CH_CTRL.PAUSE", CHANNEL) }, { 1, 1 }, "it stands still there")
  rule:disarm()
  power.down_and_up(vm)
  if power.count(vm, power.D3HOT, since) ~= 1 then
    return "it did not sleep"
  end
  local r = vm:wait(requests, { timeout = "10s" })
  local _, good = r.out:gsub("status=OK bytes=20000 [^\n]*data=ok", "")
  if r.status ~= 0 or good ~= REQUESTS or r.values.completed ~= REQUESTS then
    return r.out
  end
  return vm.dma0:misuse() == 0 and "ok" or "misuse"
end

local function show(points)
  local classes = {}
  for _, point in ipairs(points) do
    classes[point.class] = (classes[point.class] or 0) + 1
  end
  for class, n in pairs(classes) do
    print(("%s: %d suspends, all well"):format(class, n))
  end
end

return scenario {
  summary = "a suspend at any event of requests in work neither loses, doubles nor spoils any of them",
  machine = { dma0 = { type = "dma", bandwidth = 20000000 } },
  modules = { "stunt_dma" },
  catches = { "restart_halfway" },
  deadline = "300s",
  run = function(vm)
    vm:snapshot("before")
    local points = events_of_it(vm)
    expect.is_true(#points >= 200, "events of the requests: " .. #points)
    for _, point in ipairs(points) do
      vm:rewind("before")
      local name = ("%s %d"):format(point.class, point.nth)
      vm:step(name)
      expect.equal(suspended_at(vm, point), "ok", name)
    end
    show(points)
  end,
}
