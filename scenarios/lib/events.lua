-- SPDX-License-Identifier: GPL-2.0-or-later
-- Questions to the timeline that scenarios of any device have.
local events = {}

-- Number of the newest event of a device, 0 without one.
function events.last(vm, device)
  local found = vm:events { device = device }
  return #found > 0 and found[#found].seq or 0
end

-- Sum of a field over the events that match.
function events.sum(vm, match, field)
  local sum = 0
  for _, event in ipairs(vm:events(match)) do
    sum = sum + event.fields[field]
  end
  return sum
end

-- Every event of a device after `since`, as class and how many of its class it is, where a rule finds it again, and its time.
function events.points(vm, device, since)
  local seen, points = {}, {}
  for _, event in ipairs(vm:events { device = device, since = since }) do
    seen[event.class] = (seen[event.class] or 0) + 1
    points[#points + 1] = { class = event.class, nth = seen[event.class], time_ns = event.time_ns }
  end
  return points
end

-- For `proves`: the actions that break nothing, at each class.
function events.unbroken(classes)
  local proofs = {}
  for _, class in ipairs(classes) do
    for _, action in ipairs { "mark", "verify", "pause", "forbid" } do
      proofs[class .. " " .. action] = "nothing: nothing is broken"
    end
  end
  return proofs
end

return events
