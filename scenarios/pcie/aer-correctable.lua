-- SPDX-License-Identifier: GPL-2.0-or-later
-- Errors that the link has corrected by itself: counted, and nothing else.
local dma = require "dma"
local slot = require "slot"

return scenario {
  summary = "correctable errors are counted by AER, the driver hears nothing of them, and work goes on",
  machine = { dma0 = "dma" },
  modules = { "stunt_dma" },
  proves = { ["dma.read aer"] = "nothing: AER counts what was corrected" },
  run = function(vm)
    local begin = dma.last_event(vm)
    vm.dma0:aer { severity = "correctable" }
    vm.dma0:aer { severity = "correctable", error = "BAD_TLP" }
    vm.dma0:fault { at = "dma.read", nth = 2, action = "aer", params = { severity = 0, bit = 7 } }
    slot.works(vm)
    vm:sleep("100ms")
    expect.equal(slot.aer_count(vm, "aer_dev_correctable", "RxErr"), 1)
    expect.equal(slot.aer_count(vm, "aer_dev_correctable", "BadTLP"), 1)
    expect.equal(slot.aer_count(vm, "aer_dev_correctable", "BadDLLP"), 1)
    expect.event { device = "dma0", class = "aer", source = 0, severity = 0, sent = 1, count = 3 }
    expect.event { device = "dma0", class = "port.irq", cause = 1, at_least = 1 }
    expect.equal(slot.calls(vm, begin), "")
  end,
}
