-- SPDX-License-Identifier: GPL-2.0-or-later
-- Moves the completion of a job over the windows in which the driver's paths meet it, point by point. A run from a snapshot
-- is the same to the instruction, so the first run of each path tells when that path does what, and the others put the
-- completion there. One instruction takes 8 ns; the steps are so long that the sweep stays within seconds, and short enough
-- to hit the races of the planted bugs several times.
--
-- path     completion                                                          points
-- submit   from the doorbell to behind the caller's sleep, served at once          63
-- service  a second one from the first's interrupt to the end of its thread        41
-- abort    around the time-out that takes the job back and resets the channel      41
-- remove   from before the interrupts go off to behind the channel's reset         41
--
-- The last two are gone through twice: with channels served by the hard handler, and by threads.
local kernel = require "kernel"
local dma = require("dma")
local sweep = require("sweep")

local COPY = "stunt-dma copy --channel 1 --size 64"

-- What is wrong with how jobs ended, or nil. before: the driver's counters then. Spurious interrupts are no harm: the
-- handler of one completion acknowledges the next one, too, when that was faster than it.
local function problem_of(vm, before, jobs)
  local now = dma.ok(vm, "info").values
  for _, name in ipairs { "lost_irqs", "timeouts", "doorbells" } do
    if now[name] ~= before[name] then
      return ("%s went from %d to %d"):format(name, before[name], now[name])
    end
  end
  if now.jobs ~= before.jobs + jobs then
    return ("%d jobs were handed over, %d ended"):format(jobs, now.jobs - before.jobs)
  end
  return vm.dma0:misuse() ~= 0 and "misuse" or nil
end

-- The next copy finds all as before.
local function finish(vm, before, jobs)
  local r = vm:run(COPY, { timeout = "2s" })
  return r.values.data ~= "ok" and "the next copy fails" or problem_of(vm, before, jobs + 1)
end

local function data_problem(r)
  return (r.status ~= 0 or r.values.data ~= "ok") and (r.out .. r.err):gsub("%s+$", "") or nil
end

local function submit(vm, before)
  sweep(vm, 0, "3us", "48ns", function(_, at)
    vm.dma0:set("latency-ns", at)
    local r = vm:run(COPY .. " --timeout-ns " .. ns("500ms"), { timeout = "2s" })
    return r.status, data_problem(r) or problem_of(vm, before, 1)
  end)
end

-- Both are on the ring before the first ends; the device takes the second up so much later.
local function service(vm, before)
  local since = dma.last_event(vm)
  sweep(vm, 0, "64us", "1600ns", function(_, at)
    vm.dma0:fault { at = "job.start", nth = 1, action = "delay", params = { ns = ns("30ms") } }
    local first = vm:spawn(COPY)
    local second = vm:spawn(COPY)
    vm:sleep("20ms")
    vm.dma0:set("latency-ns", at)
    local a, b = vm:wait(first), vm:wait(second)
    local done = vm:events { device = "dma0", class = "job.done", since = since }[1]
    local raised = vm:events { device = "dma0", class = "irq.raise", since = since }[1]
    expect.equal(raised.time_ns, done.time_ns, "the next job's latency does not hold the interrupt up")
    return b.virtual_ns, data_problem(a) or data_problem(b) or problem_of(vm, before, 2)
  end)
end

-- Runs the path with a job that hangs; tells how long after the job's start the channel is reset.
local function time_of_reset(vm, path)
  local since = dma.last_event(vm)
  vm:snapshot("path")
  vm.dma0:fault { at = "job.start", nth = 1, action = "hang" }
  path()
  local start = vm:events { device = "dma0", class = "job.start", since = since }[1]
  local reset = vm:events { device = "dma0", class = "reset", channel = 1, since = start.seq }[1]
  vm:rewind("path")
  return reset.time_ns - start.time_ns
end

-- Sweeps the completion from `lead` before the reset to 4 us behind it. The caller's error is `refused` or none.
local function around_reset(vm, lead, step, refused, path, after)
  local at_reset = time_of_reset(vm, path)
  local points = sweep(vm, at_reset - ns(lead), at_reset + ns("4us"), step, function(_, at)
    vm.dma0:fault { at = "job.start", nth = 1, action = "delay", params = { ns = at } }
    local r = path()
    local good = data_problem(r) == nil
    if not good and r.values.error ~= refused then
      return "wrong", data_problem(r)
    end
    return good and "done" or refused, after()
  end)
  expect.equal({ points[1].outcome, points[#points].outcome }, { "done", refused }, "the window has both sides")
end

local function abort(vm, before)
  around_reset(vm, "20us", "600ns", "ETIMEDOUT", function()
    return vm:run(COPY .. " --timeout-ns 1000000", { timeout = "2s" })
  end, function()
    return finish(vm, before, 1)
  end)
end

local function remove(vm)
  local unbind = ("echo %s > /sys/bus/pci/drivers/stunt_dma/unbind"):format(dma.address(vm))
  around_reset(vm, "36us", "1us", "ENODEV", function()
    local copy = vm:spawn(COPY)
    vm:sleep("6ms")
    local r = vm:run({ "sh", "-c", unbind }, { timeout = "2s" })
    expect.equal(r.status, 0, "the driver lets go")
    return vm:wait(copy)
  end, function()
    return vm.dma0:misuse() ~= 0 and "misuse" or nil
  end)
end

-- With the driver loaded like this, after one copy to make all warm.
local function with(vm, params, ...)
  vm:insmod("stunt_dma", params .. " watchdog_ms=1000")
  dma.ok(vm, "copy --channel 1 --size 64")
  for _, path in ipairs { ... } do
    path(vm, dma.ok(vm, "info").values)
  end
  vm:rmmod("stunt_dma")
end

return scenario {
  summary = "a completion at any moment of submit, service, abort and remove ends its job exactly once",
  machine = { dma0 = "dma" },
  deadline = "10min",
  catches = { "ack_after_service", "check_then_sleep" },
  run = function(vm)
    kernel.needs_full_speed(vm)
    with(vm, "threaded=0", submit, abort, remove)
    with(vm, "threaded=1", service, abort, remove)
  end,
}
