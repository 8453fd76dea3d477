-- SPDX-License-Identifier: GPL-2.0-or-later
-- Requests that nobody waits for: each completion adds 1 to an eventfd, and stands in the queue by then.
local dma = require "dma"

return scenario {
  summary = "asynchronous requests of every operation complete, and are told by an eventfd, one by one",
  machine = { dma0 = { type = "dma", bandwidth = 2000000 } },
  modules = { "stunt_dma" },
  run = function(vm)
    for _, op in ipairs { "copy", "fill", "crc32c", "compare" } do
      local since = dma.last_event(vm)
      local r = dma.ok(vm, ("submit --op %s --channel 1 --count 12 --size 20001 --dst-offset 7 --eventfd"):format(op))
      expect.equal(r.values.completed, 12)
      expect.equal(r.values.signals, 12)
      expect.equal(r.values.overflow, 0)
      expect.equal(dma.bytes_done(vm, since), 12 * 20001, "bytes that the device has done")
      expect.event { device = "dma0", class = "irq.raise", vector = "CH1_DONE", since = since }
    end
    local since = dma.last_event(vm)
    local r = vm:run("stunt-dma submit --channel 0 --count 6 --size 200k --entries 8 --cancel-all --eventfd")
    expect.equal(r.status, 2)
    expect.match(r.out, "cancel found=6")
    expect.equal(r.values.completed, 6, "what was called off completes, too")
    expect.equal(r.values.signals, 6)
    expect.match(r.out, "done file=0 n=5 channel=0 error=ECANCELED")
    expect.is_true(dma.bytes_done(vm, since) < 6 * 200 * 1024, "not all of it was done")
    dma.ok(vm, "copy --channel 0 --size 4096")
  end,
}
