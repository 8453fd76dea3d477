-- SPDX-License-Identifier: GPL-2.0-or-later
-- A channel whose resets are lost on their way when the machine is to sleep: it would go on writing to memory.
local dma = require "dma"
local power = require "power"

local function submit(vm, device)
  return vm:spawn(("stunt-dma submit --device /dev/stunt-dma%d --channel 1 --size 400000"):format(device))
end

local function done_well(vm, request)
  local r = vm:wait(request)
  expect.match(r.out, "channel=1 status=OK bytes=400000 .*data=ok", r.out)
  return r.values.descriptors
end

return scenario {
  summary = "a channel that cannot be stopped calls the suspend off: its job goes on, the devices that slept already are brought back",
  machine = { dma0 = { type = "dma", bandwidth = 2000000 }, dma1 = { type = "dma", bandwidth = 2000000 } },
  modules = { { "stunt_dma", "job_timeout_ms=5000" } },
  run = function(vm)
    dma.write(vm, "/sys/power/pm_async", 0) -- one after the other, the last one first
    local stuck, other = submit(vm, 0), submit(vm, 1)
    dma.until_busy(vm, 1)
    local since = dma.last_event(vm)
    local rule = vm.dma0:fault { at = "mmio.write", match = { offset = "CH_CTRL[1]", value = { 4, 4 } }, nth = 1, every = 1, times = 3, action = "drop" }
    local r = power.suspend(vm)
    expect.not_equal(r.status, 0, "no sleep")
    expect.match(r.err, "busy")
    expect.equal(rule:status().fired, 3, "all that the driver tries")
    expect.kernel_log("a channel cannot be stopped")
    expect.equal({ power.count(vm, 0, since), power.count(vm, 3, since) }, { 0, 0 }, "the device did not sleep")

    local jobs = done_well(vm, stuck)
    expect.event { device = "dma0", class = "job.start", channel = 1, count = jobs, message = "nothing was begun anew" }
    jobs = done_well(vm, other)
    expect.event { device = "dma1", class = "job.start", channel = 1, at_least = jobs + 1, message = "stopped, and started over" }
    for device = 0, 1 do
      for channel = 0, 3 do
        dma.ok(vm, ("copy --device /dev/stunt-dma%d --channel %d --size 4096"):format(device, channel))
      end
    end
    expect.equal(power.suspend(vm).status, 0, "the next time it sleeps")
    expect.equal({ vm.dma0:misuse(), vm.dma1:misuse() }, { 0, 0 })
  end,
}
