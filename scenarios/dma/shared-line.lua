-- SPDX-License-Identifier: GPL-2.0-or-later
-- Two devices on one interrupt line: INTA in one slot and INTD in the next are the same.
local function copies(vm, device)
  return vm:spawn(("stunt-dma copy --device /dev/stunt-dma%d --threads 4 --count 3 --size 20000"):format(device))
end

-- Lines of /proc/interrupts that have handlers of the driver.
local function lines(vm)
  local found = {}
  for line in vm:get("/proc/interrupts"):gmatch("[^\n]+") do
    if line:find("stunt%-dma") then
      found[#found + 1] = line
    end
  end
  return found
end

local function well(vm, device)
  local info = vm:run("stunt-dma info --device /dev/stunt-dma" .. device).values
  expect.equal({ info.lost_irqs, info.spurious_irqs, info.timeouts, info.errors }, { 0, 0, 0, 0 }, "device " .. device)
end

return scenario {
  summary = "two devices share an interrupt line: both are served, and one goes on when the other is unbound",
  machine = {
    dma0 = { type = "dma", interrupts = "intx", bandwidth = 50000000 },
    dma1 = { type = "dma", interrupts = "intx", bandwidth = 50000000, ["interrupt-pin"] = 4 },
  },
  modules = { "stunt_dma" },
  run = function(vm)
    local shared = lines(vm)
    expect.equal(#shared, 1, "one line")
    expect.match(shared[1], "stunt%-dma0.*stunt%-dma1")
    local one, other = copies(vm, 0), copies(vm, 1)
    expect.equal({ vm:wait(one).status, vm:wait(other).status }, { 0, 0 })
    for _, device in ipairs { "dma0", "dma1" } do
      local raised = expect.event { device = device, class = "irq.raise", mode = 0, at_least = 4 }
      expect.event { device = device, class = "irq.lower", count = raised }
    end
    well(vm, 0)
    well(vm, 1)

    local copy = copies(vm, 1)
    expect.equal(vm:run({ "sh", "-c", "echo 0000:01:00.0 > /sys/bus/pci/drivers/stunt_dma/unbind" }).status, 0)
    expect.equal(vm:wait(copy).status, 0)
    expect.match(lines(vm)[1], "stunt%-dma1")
    well(vm, 1)
  end,
}
