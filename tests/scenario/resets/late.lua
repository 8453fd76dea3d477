-- SPDX-License-Identifier: GPL-2.0-or-later
-- The deadline cuts a transfer.
local flight = require "lib.flight"

return scenario {
  summary = "a run that is late is cut, and the next one is whole",
  machine = { dma0 = { type = "dma", bandwidth = 500000 } },
  modules = { "stunt_dma" },
  deadline = "100ms",
  verdict = "FAIL",
  run = function(vm)
    flight.begin(vm, 4)
    vm:wait(vm:spawn("sleep 1"))
  end,
}
