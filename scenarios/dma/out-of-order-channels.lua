-- SPDX-License-Identifier: GPL-2.0-or-later
-- Channels owe each other nothing: what is handed over last to an idle one ends first, and each channel keeps its own order.
local dma = require "dma"

local sizes = { 400000, 200000, 100000, 50000 }

return scenario {
  summary = "jobs on four channels end in the order of their length, not of their submission",
  machine = { dma0 = { type = "dma", bandwidth = 1000000 } },
  modules = { "stunt_dma" },
  run = function(vm)
    local jobs = {}
    for channel = 0, 3 do
      jobs[channel] = vm:spawn(("stunt-dma copy --channel %d --size %d --seed %d"):format(channel, sizes[channel + 1], channel))
    end
    local ended = {}
    for channel = 0, 3 do
      local r = vm:wait(jobs[channel])
      expect.equal(r.status, 0, r.out)
      expect.equal(r.values.data, "ok")
    end
    local started = {}
    for _, event in ipairs(vm:events { device = "dma0" }) do
      local channel = event.fields.channel
      if event.class == "job.start" then
        started[channel] = started[channel] or event.time_ns
      elseif event.class == "job.done" then
        ended[channel] = event.time_ns
      end
    end
    for channel = 1, 3 do
      expect.is_true(ended[channel] < ended[channel - 1], "channel " .. channel .. " is done before the one before it")
      expect.is_true(started[channel] < ended[0], "while that was still at work")
    end
    expect.equal(dma.bytes_done(vm, 0), 750000)
  end,
}
