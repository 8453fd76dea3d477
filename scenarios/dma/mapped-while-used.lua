-- SPDX-License-Identifier: GPL-2.0-or-later
-- The device is still at work when a caller gives up or is killed: its memory goes only after the device has let go of it.
local dma = require "dma"
local mapped = require "mapped"

return scenario {
  summary = "memory stays mapped until the device is done with it, also when callers give up in mid-transfer",
  machine = { dma0 = { type = "dma", bandwidth = 20000000 } },
  modules = { "stunt_dmacheck", { "stunt_dma", "ring_log2=3" } },
  catches = { "unmap_early", "reuse_stale" },
  run = function(vm)
    mapped.load(vm)
    local since = dma.last_event(vm)
    local late = vm:spawn("stunt-dma copy --channel 0 --size 1M --timeout-ns 5000000")
    local killed = vm:spawn({ "sh", "-c", "stunt-dma copy --channel 0 --size 300000 & sleep 0.004; kill -9 $!; wait $!" })
    local behind = vm:spawn("stunt-dma copy --channel 0 --size 50000 --crc")
    expect.equal(vm:wait(late).values.error, "ETIMEDOUT")
    expect.equal(vm:wait(killed).status, 137)
    expect.equal(vm:wait(behind).status, 0, "who waits behind them still has right data")
    expect.event { device = "dma0", class = "reset", kind = "CHANNEL", channel = 0, since = since }
    mapped.load(vm)
    mapped.clean(vm)
  end,
}
