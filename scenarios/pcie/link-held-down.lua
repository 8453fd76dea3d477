-- SPDX-License-Identifier: GPL-2.0-or-later
-- A link that stays down, until somebody mends it and presses the button.
local dma = require "dma"
local slot = require "slot"

return scenario {
  summary = "a device whose link stays down is let go of and its slot switched off; mended, the button brings it back",
  machine = { dma0 = "dma" },
  modules = { "stunt_dma" },
  run = function(vm)
    vm.dma0:link("down")
    expect.error(function() vm.dma0:link("down") end, "held down already")
    slot.until_away(vm, "5s")
    slot.until_true(vm, "the slot is off", "30s", function()
      local last = vm:events { device = "dma0", class = "slot" }
      return #last > 0 and last[#last].fields.power == 0
    end, "500ms")
    vm:sleep("3s")
    vm.dma0:link("up")
    vm:sleep("2s")
    expect.is_true(not vm.dma0:is_there(), "nobody has switched the slot on")
    vm.dma0:button()
    slot.until_bound(vm)
    expect.event { device = "dma0", class = "reset", kind = "COLD" }
    slot.works(vm)
    expect.equal(vm.dma0:misuse(), 0)
  end,
}
