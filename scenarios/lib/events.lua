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

return events
