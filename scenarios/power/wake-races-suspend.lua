-- SPDX-License-Identifier: GPL-2.0-or-later
-- A job comes when the device is about to sleep, is on its way, or has just arrived: at each moment around that.
local dma = require "dma"
local power = require "power"
local sweep = require "sweep"

-- What the device was told to do, "sleep" or "wake", in order, up to the first job.
local function story(vm, since)
  local words, job = {}, vm:events { device = "dma0", class = "job.start", since = since }[1]
  for _, event in ipairs(vm:events { device = "dma0", class = "power.enter", since = since }) do
    if event.seq < job.seq then
      words[#words + 1] = event.fields.state == power.D3HOT and "sleep" or "wake"
    end
  end
  return table.concat(words, " ")
end

local function job_at(vm, at)
  local since = dma.last_event(vm)
  if at > 0 then
    vm:sleep(at)
  end
  local r = vm:run("stunt-dma copy --channel 1 --size 4096", { timeout = "5s" })
  if r.status ~= 0 or r.values.data ~= "ok" then
    return "lost", r.out
  end
  return story(vm, since), vm.dma0:misuse() > 0 and "misuse" or nil
end

return scenario {
  summary = "a job that comes while the device goes to sleep is done at once or wakes it, at whatever moment it comes",
  machine = { dma0 = "dma" },
  modules = { "stunt_dma" },
  catches = { "lost_wake_up" },
  deadline = "120s",
  run = function(vm)
    power.auto(vm)
    dma.ok(vm, "copy --channel 1 --size 4096")
    local points = sweep(vm, "85ms", "125ms", "200us", job_at, { refine = "2us" })
    local outcomes = {}
    for _, point in ipairs(points) do
      outcomes[point.outcome] = (outcomes[point.outcome] or 0) + 1
    end
    print(("%d points: awake still %d, woken %d"):format(#points, outcomes[""] or 0, outcomes["sleep wake"] or 0))
    expect.is_true((outcomes[""] or 0) > 10 and (outcomes["sleep wake"] or 0) > 10, "the sweep saw both")
    expect.equal((outcomes[""] or 0) + (outcomes["sleep wake"] or 0), #points, "and nothing else")
  end,
}
