-- SPDX-License-Identifier: GPL-2.0-or-later
-- Ends while DMA runs, commands run, and rules are armed, at a moment that the seed chooses.
local flight = require "lib.flight"

return scenario {
  summary = "a machine can be left in the middle of its work",
  machine = { dma0 = { type = "dma", bandwidth = 500000 } },
  modules = { "stunt_dma" },
  run = function(vm)
    vm.dma0:fault { at = "irq.raise", action = "delay", probability = 0.3, params = { ns = "1ms" }, optional = true }
    vm:spawn { "sh", "-c", "while true; do echo tick; sleep 0.01; done" }
    flight.begin(vm, 4)
    vm:sleep(math.random(1, 20000) * ns("1us"))
    expect.equal(flight.running(vm), 4)
    vm:spawn { "sh", "-c", "sleep 0.003; echo never seen" }
  end,
}
