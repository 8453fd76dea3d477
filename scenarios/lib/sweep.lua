-- SPDX-License-Identifier: GPL-2.0-or-later
-- Moves something over a window of virtual time, point by point, each from the same instruction.
--
--   local points = sweep(vm, "0us", "20us", "80ns", function(vm, at) … return outcome, problem end)
--
-- keeps the machine as it stands, and for each point of time from `from` to `to` calls the function with that time in
-- nanoseconds, then puts the machine back. The function may return an outcome (a string, number or boolean), and a text
-- when something is wrong: after the last point the scenario fails with all points that had one. An expectation that
-- fails in the function ends the scenario at once, as anywhere. Returns { { at =, outcome = }, … }, in order of time.
--
-- Times are as everywhere, "1.5us" or whole nanoseconds. With { refine = time } as last argument points are added by
-- halves between neighbours with different outcomes, until those are no more than this apart.
local MAX_POINTS = 10000
local SHOWN = 5 -- points that the message of a failure lists

local function check_range(from, to, step, fn)
  if type(fn) ~= "function" then
    error("sweep: the fifth argument must be a function", 3)
  end
  if step <= 0 then
    error("sweep: the step must be longer than 0", 3)
  end
  if from < 0 or to < from then
    error(("sweep: %d ns to %d ns is no range"):format(from, to), 3)
  end
  if (to - from) // step >= MAX_POINTS then
    error(("sweep: more than %d points, take longer steps"):format(MAX_POINTS), 3)
  end
end

local function fail_points(points, bad)
  local shown = {}
  for i = 1, math.min(#bad, SHOWN) do
    shown[i] = ("%d ns (%s)"):format(bad[i].at, bad[i].problem)
  end
  local more = #bad > SHOWN and (", and %d more, the last %d ns"):format(#bad - SHOWN, bad[#bad].at) or ""
  fail(("sweep: %d of %d points fail: %s%s"):format(#bad, #points, table.concat(shown, ", "), more))
end

-- Between points whose outcomes differ; keeps the order.
local function refine_points(points, gap, visit)
  local i = 1
  while i < #points do
    local a, b = points[i], points[i + 1]
    if a.outcome ~= b.outcome and b.at - a.at > gap then
      table.insert(points, i + 1, visit((a.at + b.at) // 2))
    else
      i = i + 1
    end
  end
end

return function(vm, from, to, step, fn, options)
  from, to, step = ns(from), ns(to), ns(step)
  check_range(from, to, step, fn)
  local gap = options and options.refine and ns(options.refine)
  local points, bad = {}, {}

  local function visit(at)
    vm:rewind("sweep")
    vm:step(("at %d ns"):format(at))
    local outcome, problem = fn(vm, at)
    local point = { at = at, outcome = outcome, problem = problem }
    if problem then
      bad[#bad + 1] = point
    end
    return point
  end

  vm:snapshot("sweep")
  for at = from, to, step do
    points[#points + 1] = visit(at)
  end
  if gap then
    refine_points(points, math.max(gap, 1), visit)
    table.sort(bad, function(a, b) return a.at < b.at end)
  end
  vm:rewind("sweep")
  if #bad > 0 then
    fail_points(points, bad)
  end
  return points
end
