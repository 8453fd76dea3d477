-- SPDX-License-Identifier: GPL-2.0-or-later
-- 4 MiB of a process, pinned and handed over page by page: one job of 1,024 pieces and more that the ring holds a quarter of.
local dma = require "dma"

local SIZE = 4 * 1024 * 1024

return scenario {
  summary = "one job of more than 1,024 pieces passes a ring of 256 and arrives whole, in both directions",
  machine = { dma0 = "dma" },
  modules = { "stunt_dma" },
  run = function(vm)
    -- scattered on purpose: pages are freed in another order than they were taken
    dma.ok(vm, "copy --size 3M --threads 2")
    local before = dma.last_event(vm)
    local r = dma.ok(vm, ("copy --channel 1 --size %d --src-offset 5 --dst-offset 4091"):format(SIZE))
    expect.equal(r.values.data, "ok")
    expect.equal(r.values.guards, "ok")
    expect.equal(dma.bytes_done(vm, before), SIZE)
    expect.equal(#vm:events { device = "dma0", class = "job.done", channel = 1, since = before }, r.values.descriptors)
    expect.is_true(vm:iommu() or r.values.descriptors >= 1024, "descriptors: " .. r.values.descriptors)
    expect.no_event { device = "dma0", class = "job.done", status = { value = 1, mask = 1 } }
  end,
}
