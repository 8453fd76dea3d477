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
    dma.ok(vm, "copy --threads 6 --count 2 --channel 2 --size 100000 --dst-offset 2048")
    expect.is_true(vm.dma0:peek("CH_DONE_COUNT", 2) > 10 * 8, "the ring came round many times")
    vm.dma0:fault { at = "job.start", match = { channel = 2 }, nth = 3, action = "hang" }
    local r = vm:run("stunt-dma copy --channel 2 --size 100000 --timeout-ns 20000000")
    expect.equal(r.values.error, "ETIMEDOUT", r.out)
    dma.ok(vm, "copy --channel 2 --size 100000")
    mapped.clean(vm)
  end,
}
