-- SPDX-License-Identifier: GPL-2.0-or-later
-- The same work with each way of signalling: the driver tells which it has, the device that it uses no other.
local dma = require "dma"

local ways = {
  { mode = "msix", number = 2, vectors = { 6 } },
  { mode = "msi", number = 1, vectors = { 1, 6 } }, -- one, if the machine cannot remap interrupts
  { mode = "intx", number = 0, vectors = { 1 } },
}

local function works(vm, way)
  vm:insmod("stunt_dma", "irq_mode=" .. way.mode)
  local since = dma.last_event(vm)
  for channel = 0, 3 do
    dma.ok(vm, ("copy --channel %d --size 5000"):format(channel))
  end
  expect.equal(vm:run("stunt-dma raw --channel 2 --op 99").values.status, "BAD_OP")
  local mode, vectors = dma.read(vm, "irq_mode"):match("^(%a+) (%d+)$")
  expect.equal(mode, way.mode)
  expect.is_true(tonumber(vectors) == way.vectors[1] or tonumber(vectors) == way.vectors[2], "vectors: " .. vectors)
  local raised = expect.event { device = "dma0", class = "irq.raise", mode = way.number, since = since, at_least = 5 }
  expect.event { device = "dma0", class = "irq.raise", since = since, count = raised, message = "in this mode only" }
  local info = vm:run("stunt-dma info").values
  expect.equal({ info.lost_irqs, info.spurious_irqs, info.vectors }, { 0, 0, tonumber(vectors) })
  vm:rmmod("stunt_dma")
end

return scenario {
  summary = "MSI-X, MSI and INTx each serve all channels and errors; an unknown mode is refused with a reason",
  machine = { dma0 = "dma" },
  run = function(vm)
    for _, way in ipairs(ways) do
      works(vm, way)
    end
    expect.error(function() vm:insmod("stunt_dma", "irq_mode=lines") end, "stunt_dma")
    expect.kernel_log("irq_mode is auto, msix, msi or intx, not 'lines'")
  end,
}
