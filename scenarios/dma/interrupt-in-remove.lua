-- SPDX-License-Identifier: GPL-2.0-or-later
-- A transfer runs and interrupts come while the driver lets go of the device: it is made quiet first, then nobody listens.
local dma = require "dma"

-- What remove writes, in this order: interrupts off, each channel, all of the device.
local steps = { { "CTRL", 1 }, { "CH_CTRL", 1 }, { "CTRL", 2 } }

local function number_of(vm, query)
  local events = vm:events(query)
  return #events > 0 and events[1].seq or nil
end

local function unbind_with_interrupt_at(vm, register, nth)
  local copy = vm:spawn("stunt-dma copy --channel 1 --size 2M")
  dma.until_busy(vm, 1)
  local since = dma.last_event(vm)
  local rule = vm.dma0:fault { at = "mmio.write", match = { offset = register }, nth = nth, action = "pause",
    on_pause = function(there) there.dma0:interrupt("CH1_DONE") end }
  dma.write(vm, "/sys/bus/pci/drivers/stunt_dma/unbind", "0000:01:00.0")
  expect.equal(rule:status().fired, 1, register)
  local r = vm:wait(copy)
  expect.equal({ r.status, r.values.error }, { 2, "ENODEV" }, r.out)

  local quiet = number_of(vm, { device = "dma0", class = "mmio.write", offset = "CTRL", since = since })
  local masked = number_of(vm, { device = "dma0", class = "msix.write", word = 3, value = { value = 1, mask = 1 }, since = since })
  expect.is_true(not masked or masked > quiet, "the handlers stay until the device is quiet")
  expect.no_event { device = "dma0", class = "mmio.read", offset = "INT_STATUS", since = quiet,
    message = "no handler touches the device after that" }
  expect.equal(vm:run({ "sh", "-c", "grep stunt-dma /proc/interrupts" }).status, 1)
  dma.write(vm, "/sys/bus/pci/drivers/stunt_dma/bind", "0000:01:00.0")
end

return scenario {
  summary = "interrupts in the middle of remove: the device is quiet before its handlers go, and none is touched afterwards",
  machine = { dma0 = { type = "dma", bandwidth = 4000000 } },
  catches = { "irq_freed_early", "no_irq_sync" },
  run = function(vm)
    for _, mode in ipairs { "msix", "intx" } do
      vm:insmod("stunt_dma", "irq_mode=" .. mode)
      for _, step in ipairs(steps) do
        vm:step(("%s, %s"):format(mode, step[1]))
        unbind_with_interrupt_at(vm, step[1], step[2])
      end
      dma.ok(vm, "copy --channel 1 --size 4096")
      vm:rmmod("stunt_dma")
    end
  end,
}
