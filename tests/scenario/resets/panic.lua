-- SPDX-License-Identifier: GPL-2.0-or-later
-- With transfers under way, the kernel panics.
local flight = require "lib.flight"

return scenario {
  summary = "after a panic the next run finds all as it was",
  machine = { dma0 = { type = "dma", bandwidth = 500000 } },
  modules = { "stunt_dma" },
  verdict = "FAIL",
  run = function(vm)
    flight.begin(vm, 4)
    vm:run { "sh", "-c", "echo c > /proc/sysrq-trigger" }
  end,
}
