-- SPDX-License-Identifier: GPL-2.0-or-later
-- Requests in work whose channel is made to stand still at one of their events, so that whoever stops the driver finds it just there.
local dma = require "dma"
local events = require "events"
local power = require "power"

local halted = {}

local CHANNEL, REQUESTS = 1, 4
local JOB = ("submit --channel %d --count %d --size 20000 --src-offset 5 --dst-offset 9"):format(CHANNEL, REQUESTS)
local LONGER_THAN_IT_TAKES = "40ms"

halted.machine = { dma0 = { type = "dma", bandwidth = 20000000 } }

local function stand_still(vm, point)
  local rule = vm.dma0:fault { at = point.class, nth = point.nth, action = "pause",
    on_pause = function(there) there.dma0:poke("CH_CTRL.PAUSE", CHANNEL, 1) end }
  local requests = vm:spawn("stunt-dma " .. JOB)
  vm:sleep(LONGER_THAN_IT_TAKES)
  expect.equal({ rule:status().fired, vm.dma0:peek("CH_CTRL.PAUSE", CHANNEL) }, { 1, 1 }, "it stands still there")
  rule:disarm()
  return requests
end

local function slept_at(vm, point, sleep)
  local since = dma.last_event(vm)
  local requests = stand_still(vm, point)
  sleep(vm)
  if power.count(vm, power.D3HOT, since) ~= 1 then
    return "no sleep"
  end
  local r = vm:wait(requests, { timeout = "10s" })
  local _, good = r.out:gsub("status=OK bytes=20000 [^\n]*data=ok", "")
  if r.status ~= 0 or good ~= REQUESTS or r.values.completed ~= REQUESTS then
    return "data lost", r.out
  end
  return "ok"
end

-- The system sleeps by `sleep` at each event once.
function halted.sweep(vm, sleep)
  vm:snapshot("before")
  local since = dma.last_event(vm)
  dma.ok(vm, JOB)
  local points = events.points(vm, "dma0", since)
  expect.is_true(#points >= 200, "events of the requests: " .. #points)
  for _, point in ipairs(points) do
    vm:cell({ from = "before", row = point.class, point = point.nth }, function() return slept_at(vm, point, sleep) end)
  end
end

return halted
