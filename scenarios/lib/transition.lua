-- SPDX-License-Identifier: GPL-2.0-or-later
-- A device on its way from one state to another (it is unbound, reset, or in error) with a job in work, and what else may come meanwhile.
local dma = require "dma"
local events = require "events"
local power = require "power"
local slot = require "slot"

local transition = {}

transition.machine = { dma0 = { type = "dma", bandwidth = 2000000 } }
transition.modules = { { "stunt_dma", "job_timeout_ms=5000" } } -- behind an IOMMU the job is one descriptor, of two seconds

local function shell(vm, text)
  return vm:spawn { "sh", "-c", text }
end

local function reset(method)
  local text = ("echo %s >%s/reset_method && echo 1 >%s/reset"):format(method, slot.SYSFS, slot.SYSFS)
  return { loses = "EIO", begin = function(vm) return shell(vm, text) end }
end

local function fails(severity)
  return { loses = "EIO", reported = true, begin = function(vm) vm.dma0:aer { severity = severity } end }
end

-- By name: what begins it, and gives the guest's command if there is one; what is said to whose job is lost by it; whether Linux'
-- service of errors looks into it.
transition.KINDS = {
  ["unbind"] = { loses = "ENODEV", begin = function(vm)
    local driver = "/sys/bus/pci/drivers/stunt_dma"
    return shell(vm, ("echo %s >%s/unbind && echo %s >%s/bind"):format(slot.DEVICE, driver, slot.DEVICE, driver))
  end },
  ["function reset"] = reset("flr"),
  ["bus reset"] = reset("bus"),
  ["nonfatal error"] = fails("nonfatal"),
  ["fatal error"] = fails("fatal"),
}

local STEP = ns("10ms")

-- What the device does within `time` of begin(), from the snapshot: points of a sweep, with their time since. There is one for each
-- event or each so many-th, and one for each ten milliseconds in which it does nothing.
function transition.points(vm, from, begin, time, every)
  vm:rewind(from)
  local since, start, points = dma.last_event(vm), vm:now(), {}
  begin(vm)
  vm:sleep(time)
  local all = events.points(vm, "dma0", since)
  for i, event in ipairs(all) do
    local at, next_at = event.time_ns - start, (all[i + 1] or event).time_ns - start
    if i % every == 1 % every then
      points[#points + 1] = { row = event.class, point = event.nth, at = at, class = event.class, nth = event.nth }
    end
    for still = STEP, next_at - at - 1, STEP do
      points[#points + 1] = { row = "after " .. event.class, point = ("%d +%d ms"):format(event.nth, still // 1000000), at = at + still }
    end
  end
  return points
end

-- Linux' service of errors reads and clears a device's status whatever state that is in, also too early; nobody else is excused.
local function misused(vm, reported)
  local early = vm:events { device = "dma0", class = "misuse", kind = "TOO_EARLY" }
  for _, event in ipairs(early) do
    if not vm:events { device = "dma0", since = event.seq }[1].class:find("^cfg%.") then
      return true
    end
  end
  return vm.dma0:misuse() ~= (reported and #early or 0)
end

-- How it all ended: the command, the job (or nil), and whether the device works.
function transition.outcome(vm, kind, command, job)
  local done = command and vm:wait(command, { timeout = "20s" })
  if done and done.status ~= 0 then
    return "refused", done.err
  end
  local r = job and vm:wait(job, { timeout = "60s" })
  if r and r.values.data ~= "ok" and r.values.error ~= kind.loses then
    return r.values.error and "wrong error" or "data lost", r.out
  end
  vm:sleep("2s")
  slot.works(vm)
  return misused(vm, kind.reported) and "misuse" or "ok"
end

-- The kernel's test of suspend, beside whatever else goes on.
local function begin_suspend(vm)
  return shell(vm, "cd /sys/power; echo platform >pm_test; echo freeze >state; status=$?; echo none >pm_test; exit $status")
end

-- How long it takes from there to the device's falling asleep.
local function lead(vm, from)
  vm:rewind(from)
  local since, start = dma.last_event(vm), vm:now()
  expect.equal(vm:wait(begin_suspend(vm)).status, 0)
  return vm:events { device = "dma0", class = "power.enter", state = power.D3HOT, since = since }[1].time_ns - start
end

-- Begins the suspend so much before the transition, or after it when that is negative. Gives both commands.
local function begin_both(vm, kind, before)
  if before < 0 then
    local command = kind.begin(vm)
    vm:sleep(-before)
    return begin_suspend(vm), command
  end
  local suspend = begin_suspend(vm)
  vm:sleep(before)
  return suspend, kind.begin(vm)
end

local function suspended_at(vm, kind, before, job)
  local suspend, command = begin_both(vm, kind, before)
  local slept = vm:wait(suspend, { timeout = "60s" })
  local outcome, detail = transition.outcome(vm, kind, command, job)
  if outcome == "ok" and slept.status ~= 0 then
    return "sleep refused", slept.err
  end
  return outcome, detail
end

-- The system would have the device asleep at each event, or each so many-th, of a transition. With a job in work the guest's
-- tasks, of which one waits for it, may not freeze before it is over; when the device is idle the system waits at its lock.
function transition.suspended(vm, name, every, working)
  local kind, from = transition.KINDS[name], working and "in work" or "idle"
  vm:run { "sh", "-c", "echo 0 >/sys/module/suspend/parameters/pm_test_delay" }
  local job = working and slot.transfer(vm)
  vm:snapshot(from)
  local before = lead(vm, from)
  for _, point in ipairs(transition.points(vm, from, kind.begin, "200ms", every)) do
    vm:cell({ from = from, sweep = ("%s, %s"):format(name, from), row = point.row, point = point.point }, function()
      return suspended_at(vm, kind, before - point.at, job)
    end)
  end
  if job then
    vm:kill(job)
    vm:wait(job)
  end
end

local SETTLED = "1ms" -- after the suspend

-- An error, from the card's side, at each so many-th event of the system's going to sleep and waking.
local function struck_at(vm, kind, point, job)
  local rule = vm.dma0:fault { at = point.class, nth = point.nth, action = "pause", on_pause = kind.begin }
  local r = power.suspend(vm)
  vm:sleep(SETTLED)
  expect.equal(rule:status().fired, 1, "the error came")
  rule:disarm()
  local outcome, detail = transition.outcome(vm, kind, nil, job)
  if outcome == "ok" and r.status ~= 0 then
    return "sleep refused", r.err
  end
  return outcome, detail
end

function transition.struck(vm, name, every)
  local job = slot.transfer(vm)
  vm:snapshot("in work")
  for _, point in ipairs(transition.points(vm, "in work", power.down_and_up, SETTLED, every)) do
    if point.class then
      vm:cell({ from = "in work", sweep = name, row = point.row, point = point.point }, function()
        return struck_at(vm, transition.KINDS[name], point, job)
      end)
    end
  end
  vm:kill(job)
  vm:wait(job)
end

-- What the device does by itself when it may sleep: from which snapshot, for a job or not, in which time.
local SPELLS = {
  ["waking"] = { from = "asleep", time = "60ms", begin = function(vm) return vm:spawn("stunt-dma copy --channel 1 --size 4096") end },
  ["going to sleep"] = { from = "awake", time = "150ms", begin = function() end },
}

-- Bound, allowed to sleep again, and asleep when there is nothing to do.
local function sleeps(vm)
  power.auto(vm)
  vm:sleep("500ms")
  power.asleep(vm)
end

local function begun_at(vm, kind, spell, point)
  local job = spell.begin(vm)
  vm:sleep(point.at)
  local outcome, detail = transition.outcome(vm, kind, kind.begin(vm), job)
  sleeps(vm)
  return outcome, detail
end

-- The transitions of `names`, begun in the guest at each so many-th event of the device's waking for a job, and of its falling asleep.
function transition.in_runtime(vm, names, every)
  power.auto(vm)
  dma.ok(vm, "copy --channel 1 --size 4096")
  vm:snapshot("awake")
  vm:sleep("300ms")
  power.asleep(vm)
  vm:snapshot("asleep")
  for _, what in ipairs { "waking", "going to sleep" } do
    local spell = SPELLS[what]
    local points = transition.points(vm, spell.from, spell.begin, spell.time, every)
    for _, name in ipairs(names) do
      for _, point in ipairs(points) do
        vm:cell({ from = spell.from, sweep = ("%s, %s"):format(name, what), row = point.row, point = point.point }, function()
          return begun_at(vm, transition.KINDS[name], spell, point)
        end)
      end
    end
  end
end

return transition
