-- SPDX-License-Identifier: GPL-2.0-or-later
-- The root port has lost its power, too: what the kernel had it report must be switched on anew.
local dma = require "dma"
local power = require "power"
local slot = require "slot"

local function recovers(vm)
  local since = dma.last_event(vm)
  vm.dma0:aer { severity = "fatal", error = "MALF_TLP" }
  vm:sleep("2s")
  expect.equal(slot.calls(vm, since), "DETECTED_FROZEN SLOT_RESET RESUME")
  slot.works(vm)
end

return scenario {
  summary = "after S3 the root port reports errors and changes of its slot as before",
  machine = { dma0 = "dma" },
  modules = { "stunt_dma" },
  deadline = "300s",
  run = function(vm)
    for _ = 1, 2 do
      power.sleep(vm, "s3", "5s")
      recovers(vm)
      power.sleep(vm, "s3", "5s")
      slot.replace(vm)
    end
    expect.equal(vm.dma0:misuse(), 0)
  end,
}
