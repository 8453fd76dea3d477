-- SPDX-License-Identifier: GPL-2.0-or-later
-- Requests in work whose channel is made to stand still at one of their events, so that whoever stops the driver finds it just there.
local dma = require "dma"
local events = require "events"
local power = require "power"

local halted = {}

local CHANNEL = 1
local REQUESTS, EVENTS = 4, 200 -- at least so many of each
local LONGER_THAN_IT_TAKES = "40ms"

halted.machine = { dma0 = { type = "dma", bandwidth = 20000000 } }

local function job(requests)
  return ("submit --channel %d --count %d --size 20000 --src-offset 5 --dst-offset 9"):format(CHANNEL, requests)
end

local function stand_still(vm, requests, point)
  local rule = vm.dma0:fault { at = point.class, nth = point.nth, action = "pause",
    on_pause = function(there) there.dma0:poke("CH_CTRL.PAUSE", CHANNEL, 1) end }
  local command = vm:spawn("stunt-dma " .. job(requests))
  vm:sleep(LONGER_THAN_IT_TAKES)
  expect.equal({ rule:status().fired, vm.dma0:peek("CH_CTRL.PAUSE", CHANNEL) }, { 1, 1 }, "it stands still there")
  rule:disarm()
  return command
end

local function slept_at(vm, requests, point, sleep)
  local since = dma.last_event(vm)
  local command = stand_still(vm, requests, point)
  sleep(vm)
  if power.count(vm, power.D3HOT, since) ~= 1 then
    return "no sleep"
  end
  local r = vm:wait(command, { timeout = "10s" })
  local _, good = r.out:gsub("status=OK bytes=20000 [^\n]*data=ok", "")
  if r.status ~= 0 or good ~= requests or r.values.completed ~= requests then
    return "data lost", r.out
  end
  return "ok"
end

local function events_of(vm, requests)
  local since = dma.last_event(vm)
  dma.ok(vm, job(requests))
  return events.points(vm, "dma0", since)
end

-- The system sleeps by `sleep` at each event once.
function halted.sweep(vm, sleep)
  vm:snapshot("before")
  local requests = REQUESTS
  local points = events_of(vm, requests)
  if #points < EVENTS then -- an IOMMU joins pieces
    vm:rewind("before")
    requests = requests * EVENTS // #points + 1
    points = events_of(vm, requests)
  end
  expect.is_true(#points >= EVENTS, "events of the requests: " .. #points)
  for _, point in ipairs(points) do
    vm:cell({ from = "before", row = point.class, point = point.nth }, function() return slept_at(vm, requests, point, sleep) end)
  end
end

return halted
