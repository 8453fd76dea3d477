-- SPDX-License-Identifier: GPL-2.0-or-later
-- A load that comes and goes at random, on a device that may sleep in between.
local dma = require "dma"
local power = require "power"

local ROUNDS = 40
local JOBS = { "copy --size %d --crc", "fill --size %d", "crc --size %d", "compare --size %d" }

-- A job and a pause, which is long enough to sleep in, or not.
local function round(vm)
  local words = JOBS[math.random(#JOBS)]:format(math.random(100000))
  local pause_ms = math.random(0, 1) == 0 and math.random(0, 60) or math.random(150, 1000)
  local before, since = power.count(vm, power.D3HOT), dma.last_event(vm)
  local r = dma.ok(vm, ("%s --channel %d"):format(words, math.random(0, 3)))
  expect.not_equal(r.values.data, "wrong", words)
  expect.event { device = "dma0", class = "job.done", since = since }
  vm:sleep(pause_ms * ns("1ms"))
  if pause_ms >= 150 then
    power.asleep(vm, words)
    expect.equal(power.count(vm, power.D3HOT), before + 1, "it slept after the job, once")
  end
end

return scenario {
  summary = "a device that may sleep is in D3hot whenever it was idle for a while, and each job wakes it, whatever the load",
  machine = { dma0 = "dma" },
  modules = { { "stunt_dma", "watchdog_ms=20 health_ms=7" } },
  catches = { "d3_unsaved" },
  deadline = "120s",
  run = function(vm)
    power.auto(vm)
    vm:sleep("200ms")
    power.asleep(vm)
    for _ = 1, ROUNDS do
      round(vm)
    end
    local info = vm:run("stunt-dma info").values
    expect.equal({ info.lost_irqs, info.timeouts, info.errors, info.resets }, { 0, 0, 0, 0 })
    expect.is_true(power.count(vm, power.D0) >= ROUNDS // 4, "it woke often")
    expect.equal(vm.dma0:misuse(), 0)
  end,
}
