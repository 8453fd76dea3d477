-- SPDX-License-Identifier: GPL-2.0-or-later
-- Each interrupt vector reaches its own handler in the driver, and no other.
local bell = require "bell"
local dma = require "dma"

local vectors = { "CH0_DONE", "CH1_DONE", "CH2_DONE", "CH3_DONE", "ERROR", "PEER" }

-- Only this vector's counter went up.
local function only(vm, name, work)
  local before = dma.irq_counts(vm)
  work()
  local after = dma.irq_counts(vm)
  for _, vector in ipairs(vectors) do
    local more = after[vector] - before[vector]
    if vector == name then
      expect.is_true(more > 0, name .. " reached its handler")
    elseif not (name == "ERROR" and vector == "CH0_DONE") then -- an error has a completion, too
      expect.equal(more, 0, vector .. " while " .. name .. " was meant")
    end
  end
  expect.event { device = "dma0", class = "irq.raise", vector = name }
end

return scenario {
  summary = "each interrupt vector reaches its own handler",
  machine = bell.machine(),
  modules = { "stunt_dma" },
  run = function(vm)
    dma.write(vm, "/sys/bus/pci/drivers/stunt_dma/unbind", dma.address_of(vm, 1))
    for channel = 0, 3 do
      only(vm, ("CH%d_DONE"):format(channel), function()
        dma.ok(vm, ("copy --channel %d --size 5000"):format(channel))
      end)
    end
    only(vm, "ERROR", function()
      expect.equal(vm:run("stunt-dma raw --channel 0 --op 99").values.status, "BAD_OP")
    end)
    only(vm, "PEER", function()
      vm.dma1:poke("PEER_RING", 1)
    end)
  end,
}
