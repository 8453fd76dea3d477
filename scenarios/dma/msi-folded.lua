-- SPDX-License-Identifier: GPL-2.0-or-later
-- Devices that offer fewer MSI messages than they have causes: each message stands for all causes that fold onto it.
local dma = require "dma"

local function works(vm, device, path, messages)
  local since = dma.last_event(vm)
  for channel = 0, 3 do
    expect.equal(vm:run(("stunt-dma copy --device %s --channel %d --size 5000"):format(path, channel)).status, 0)
    expect.event { device = device, class = "irq.raise", vector = channel, mode = 1, since = since, at_least = 1 }
  end
  local r = vm:run(("stunt-dma raw --device %s --channel 2 --op 99"):format(path))
  expect.equal(r.values.status, "BAD_OP")
  expect.event { device = device, class = "irq.raise", vector = "ERROR", mode = 1, since = since, count = 1 }
  local info = vm:run("stunt-dma info --device " .. path).values
  expect.equal({ info.vectors, info.lost_irqs, info.spurious_irqs }, { messages, 0, 0 }, device)
end

-- The sum of all counters by cause, as the driver has them by message.
local function counted(vm, bus)
  local out = vm:run({ "cat", ("/sys/bus/pci/devices/0000:%02x:00.0/irq_counts"):format(bus) }).out
  local names = {}
  for name, count in out:gmatch("(%S+)=(%d+)") do
    expect.is_true(tonumber(count) > 0, name .. " interrupted")
    names[#names + 1] = name
  end
  return names
end

return scenario {
  summary = "two and four MSI messages for six causes: each cause comes by the message that it folds onto",
  machine = {
    iommu = true, -- without interrupt remapping Linux grants a device one message
    dma0 = { type = "dma", interrupts = "msi", ["msi-vectors"] = 2 },
    dma1 = { type = "dma", interrupts = "msi", ["msi-vectors"] = 4 },
  },
  modules = { "stunt_dma" },
  run = function(vm)
    works(vm, "dma0", "/dev/stunt-dma0", 2)
    works(vm, "dma1", "/dev/stunt-dma1", 4)
    expect.equal(counted(vm, 1), { "CH0_DONE+CH2_DONE+ERROR", "CH1_DONE+CH3_DONE+PEER" })
    expect.equal(counted(vm, 2), { "CH0_DONE+ERROR", "CH1_DONE+PEER", "CH2_DONE", "CH3_DONE" })
  end,
}
