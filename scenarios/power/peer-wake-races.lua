-- SPDX-License-Identifier: GPL-2.0-or-later
-- The peer rings while the engine goes to sleep, sleeps, wakes for another ring, and goes to sleep again: at each event of all that.
local bell = require "bell"
local events = require "events"
local power = require "power"

local FIRST, SECOND = 1, 2

-- Asleep, woken by the first ring, asleep again. Gives who has listened.
local function story(vm)
  local listener = bell.listen(vm, 1, FIRST | SECOND, "1500ms")
  power.auto(vm, 1)
  vm:sleep("300ms")
  vm.dma0:poke("PEER_RING", FIRST)
  vm:sleep("300ms")
  return listener
end

local function points_of_it(vm)
  local since = bell.last_event(vm)
  expect.equal(bell.heard(vm, story(vm)), { [0] = 1 })
  expect.equal(#vm:events { device = "dma1", class = "power.enter", since = since }, 3, "asleep, awake, asleep")
  return events.points(vm, "dma1", since)
end

-- What became of both rings; anything but "ok" is wrong.
local function rung_at(vm, point)
  local rule = vm.dma1:fault { at = point.class, nth = point.nth, action = "pause",
    on_pause = function(there) there.dma0:poke("PEER_RING", SECOND) end }
  local heard = bell.heard(vm, story(vm))
  expect.equal(rule:status().fired, 1)
  rule:disarm()
  if heard[0] ~= 1 or heard[1] ~= 1 then
    return ("heard %d and %d times"):format(heard[0] or 0, heard[1] or 0)
  end
  if vm.dma1:power().state ~= "D3hot" then
    return "it does not sleep any more"
  end
  return vm.dma1:misuse() == 0 and "ok" or "misuse"
end

return scenario {
  summary = "a ring at any event of going to sleep, sleeping and waking is heard once, and the engine sleeps again",
  machine = bell.machine(),
  modules = { "stunt_dma" },
  catches = { "ring_lost_in_sleep" },
  deadline = "300s",
  run = function(vm)
    vm:snapshot("before")
    local points, woken = points_of_it(vm), 0
    expect.is_true(#points >= 150, "events of it: " .. #points)
    for _, point in ipairs(points) do
      vm:rewind("before")
      local since, name = bell.last_event(vm), ("%s %d"):format(point.class, point.nth)
      vm:step(name)
      expect.equal(rung_at(vm, point), "ok", name)
      woken = woken + #vm:events { device = "dma1", class = "power.pme", since = since }
    end
    print(("%d points; %d messages to be woken"):format(#points, woken))
    expect.between(woken, #points + 10, 2 * #points)
  end,
}
