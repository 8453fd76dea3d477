-- SPDX-License-Identifier: GPL-2.0-or-later
-- A small ring that is full most of the time: each slot is the device's from doorbell to completion, then the driver's again.
local dma = require "dma"
local mapped = require "mapped"

return scenario {
  summary = "a descriptor does not change while it is the device's, through many rounds of a full ring",
  machine = { dma0 = { type = "dma", ["latency-ns"] = 20000 } },
  modules = { "stunt_dmacheck", { "stunt_dma", "ring_log2=3" } },
  catches = { "desc_rewrite" },
  run = function(vm)
    mapped.load(vm)
    -- an IOMMU gathers the pages: then a copy is one descriptor
    local copies, third = vm:iommu() and 16 or 2, vm:iommu() and 1 or 3
    dma.ok(vm, ("copy --threads 6 --count %d --channel 2 --size 100000 --dst-offset 2048"):format(copies))
    expect.is_true(vm.dma0:peek("CH_DONE_COUNT", 2) > 10 * 8, "the ring came round many times")
    vm.dma0:fault { at = "job.start", match = { channel = 2 }, nth = third, action = "hang" }
    local r = vm:run("stunt-dma copy --channel 2 --size 100000 --timeout-ns 20000000")
    expect.equal(r.values.error, "ETIMEDOUT", r.out)
    dma.ok(vm, "copy --channel 2 --size 100000")
    mapped.clean(vm)
  end,
}
