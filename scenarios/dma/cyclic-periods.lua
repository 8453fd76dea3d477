-- SPDX-License-Identifier: GPL-2.0-or-later
-- What sound and serial ask for: a buffer that goes round and round, an interrupt for each period, a position, pause, an end.
return scenario {
  summary = "cyclic transfers tell of each period once, in both directions, and stop when told",
  machine = { dma0 = { type = "dma", bandwidth = 20000000 }, dma1 = "dma" },
  modules = { "stunt_dma" },
  run = function(vm)
    vm:insmod("stunt_dma_test", "only=cyclic")
    expect.equal(#vm:kernel_log("stunt_dma_test: ok 2"), 1, "both tests")
    local periods = vm:events { device = "dma0", class = "job.period" }
    expect.is_true(#periods >= 2 * 27, "periods of the device: " .. #periods)
    for i = 2, #periods do
      local count, last = periods[i].fields.count, periods[i - 1].fields.count
      expect.is_true(count == last + 1 or count == 1, "none is left out")
    end
    expect.event { device = "dma0", class = "irq.raise", vector = "CH0_DONE", at_least = 54 }
    expect.no_event { device = "dma0", class = "job.done", message = "a loop has no end by itself" }
    expect.event { device = "dma0", class = "reset", kind = "CHANNEL", at_least = 2 }
    expect.equal(vm:run("stunt-dma info").values.lost_irqs, 0)
    -- the loops are gone: the channel serves others again
    expect.equal(vm:run("stunt-dma copy --channel 0 --size 70000").status, 0)
    local last = periods[#periods].seq
    expect.no_event { device = "dma0", class = "job.period", since = last }
    vm:rmmod("stunt_dma_test")
  end,
}
