-- SPDX-License-Identifier: GPL-2.0-or-later
-- With transfers under way, the guest resets the machine.
local flight = require "lib.flight"

return scenario {
  summary = "after a reset by the guest the next run finds all as it was",
  machine = { dma0 = { type = "dma", bandwidth = 500000 } },
  modules = { "stunt_dma" },
  verdict = "FAIL",
  run = function(vm)
    flight.begin(vm, 4)
    vm:run("reboot -f")
  end,
}
