-- SPDX-License-Identifier: GPL-2.0-or-later
-- A forbidden event ends the run at once, with DMA in flight on another channel.
return scenario {
  summary = "a machine can be left at a forbidden event",
  machine = { dma0 = { type = "dma", bandwidth = 4000000 } },
  modules = { "stunt_dma" },
  verdict = "FAIL",
  run = function(vm)
    vm.dma0:fault { at = "job.done", match = { channel = 1 }, action = "forbid" }
    vm:spawn("stunt-dma copy --channel 0 --size 300000")
    vm:run("stunt-dma copy --channel 1 --size 4096")
  end,
}
