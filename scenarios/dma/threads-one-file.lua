-- SPDX-License-Identifier: GPL-2.0-or-later
-- Threads of one process do different things to one open file at once: hand over raw descriptors, copy and wait, make
-- requests and call them off. None waits for another for ever.
local dma = require "dma"

return scenario {
  summary = "raw descriptors, copies and requests that are called off go on beside each other on one open file",
  machine = { dma0 = { type = "dma", bandwidth = 20000000 } },
  modules = { "stunt_dma" },
  catches = { "lock_inversion" },
  deadline = "20s",
  run = function(vm)
    local since = dma.last_event(vm)
    local r = dma.ok(vm, "race --count 20 --size 10000")
    for _, kind in ipairs { "raw", "copy", "cancel" } do
      expect.match(r.out, ("race kind=%s done=20 status=OK"):format(kind))
    end
    -- Raw descriptors and copies are never called off, so all of their bytes are done, by whichever channel.
    expect.is_true(dma.bytes_done(vm, since) >= 20 * (32768 + 10000), "bytes that the device has done")
    expect.event { device = "dma0", class = "job.done", status = "OK", since = since }
  end,
}
