-- SPDX-License-Identifier: GPL-2.0-or-later
-- A forbidden event ends the run at once, with DMA in flight on other channels.
local flight = require "lib.flight"

return scenario {
  summary = "a machine can be left at a forbidden event",
  machine = { dma0 = { type = "dma", bandwidth = 500000 } },
  modules = { "stunt_dma" },
  verdict = "FAIL",
  run = function(vm)
    flight.begin(vm, 2)
    vm.dma0:fault { at = "job.done", match = { channel = 2 }, action = "forbid" }
    vm:run("stunt-dma copy --channel 2 --size 4096")
  end,
}
