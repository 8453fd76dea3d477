-- SPDX-License-Identifier: GPL-2.0-or-later
-- A card that has auxiliary power for more than it should, and does not carry out the reset when main power is back.
local cold = require "cold"
local serial = require "serial"

-- What no driver leaves behind: set when ours has made the device quiet, and the kernel saves its configuration space.
local OLD_RING = 0x1000

return scenario {
  summary = "context that outlives D3cold does no harm: the drivers set everything up anew, transfers go on, nothing comes twice",
  machine = { dma0 = { type = "dma", bandwidth = 4000000 }, uart0 = serial.card() },
  modules = { "stunt_dma", "stunt_uart" },
  proves = { ["reset keep-context"] = "after S3 the drivers set everything up anew all the same" },
  run = function(vm)
    local ring
    vm.dma0:fault { at = "cfg.read", match = { offset = 0 }, nth = 1, action = "pause", on_pause = function(there)
      there.dma0:poke("CH_RING_LO", 2, OLD_RING)
    end }
    local woken = vm.dma0:fault { at = "power.exit", match = { state = 4 }, nth = 1, action = "mark" }
    vm.dma0:fault { at = "mmio.read", nth = 1, after = woken, action = "pause", on_pause = function(there)
      ring = there.dma0:peek("CH_RING_LO", 2)
    end }
    cold.copes(vm, "keep-context")
    expect.equal(ring, OLD_RING, "the driver has found what was left")
  end,
}
