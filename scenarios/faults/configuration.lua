-- SPDX-License-Identifier: GPL-2.0-or-later
-- Configuration space that reads wrong while the function is looked for, and does not take what is written.
local dma = require "dma"

local VENDOR, COMMAND, STATUS = 0, 4, 6
local MEMORY, MASTER, CAP_LIST = 0x2, 0x4, 0x10

local function look(vm)
  dma.write(vm, "/sys/bus/pci/rescan", "1")
end

-- The function is taken out, and looked for while a rule breaks what is read of it. Gives how interrupts come then, or nil.
local function found(vm, address, offset, action, params)
  dma.write(vm, "/sys/bus/pci/devices/" .. address .. "/remove", "1")
  local rule = vm.dma0:fault { at = "cfg.read", match = { offset = offset }, action = action, params = params }
  look(vm)
  expect.is_true(rule:status().fired > 0, action)
  rule:disarm()
  return #vm.dma0:get("interrupt-mode") > 0
end

return scenario {
  summary = "draft",
  machine = { dma0 = "dma" },
  modules = { "stunt_dma" },
  run = function(vm)
    local address = dma.address(vm)
    for k in pairs(vm.dma0) do print(k) end
  end,
}
