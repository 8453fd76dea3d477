-- SPDX-License-Identifier: GPL-2.0-or-later
-- The card is pulled out while the kernel waits for its change of power states.
local kernel = require "kernel"
local slot = require "slot"

local ASLEEP, AWAKE = 3, 0

return scenario {
  summary = "a device that goes while it falls asleep, or wakes up: the driver lets go of it, and takes it back when it is there again",
  machine = { dma0 = "dma" },
  modules = { "stunt_dma" },
  deadline = "300s",
  proves = { ["power.enter surprise-remove"] = "the driver lets go of it, and is bound again when it is back" },
  run = function(vm)
    if kernel.unplug_breaks_resume(vm) then
      skip("this kernel's own resume does not survive that")
    end
    for _, state in ipairs { ASLEEP, AWAKE } do
      local rule = vm.dma0:fault { at = "power.enter", match = { state = state }, nth = 1, action = "surprise-remove" }
      vm:suspend("freeze", { test = "platform" })
      expect.equal(rule:status().fired, 1)
      rule:disarm()
      expect.equal(vm.dma0:get("power-state"), 4)
      slot.until_away(vm)
      vm.dma0:plug()
      slot.until_bound(vm)
      slot.works(vm)
    end
    expect.equal(vm.dma0:misuse(), 0)
  end,
}
