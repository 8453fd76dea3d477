-- SPDX-License-Identifier: GPL-2.0-or-later
-- An interrupt at each step that the driver takes with the device while it is set up, in each mode.
local dma = require "dma"

-- Registers in the order in which probe writes them: before there is a handler, before it may run, and just after.
local steps = { "CTRL", "CH_RING_LO", "CH_RING_SIZE", "CH_CTRL" }

local function bind_with_interrupt_at(vm, register)
  local since = dma.last_event(vm)
  local rule = vm.dma0:fault { at = "mmio.write", match = { offset = register }, nth = 1, action = "pause",
    on_pause = function(there) there.dma0:interrupt("CH0_DONE") end }
  dma.write(vm, "/sys/bus/pci/drivers/stunt_dma/bind", "0000:01:00.0")
  expect.equal(rule:status().fired, 1, register)
  local enabled = vm:events { device = "dma0", class = "mmio.write", offset = "CH_CTRL", since = since }
  expect.is_true(#enabled > 0)
  for _, read in ipairs(vm:events { device = "dma0", class = "mmio.read", offset = "INT_STATUS", since = since }) do
    expect.is_true(read.seq > enabled[#enabled].seq, "no handler touches a device that is not set up")
  end
  dma.ok(vm, "copy --channel 0 --size 4096")
  local info = vm:run("stunt-dma info").values
  expect.equal({ info.lost_irqs, info.timeouts, info.errors, info.jobs }, { 0, 0, 0, 1 }, register)
  dma.write(vm, "/sys/bus/pci/drivers/stunt_dma/unbind", "0000:01:00.0")
end

return scenario {
  summary = "an interrupt in the middle of probe neither reaches a device that is not set up nor upsets the first job",
  machine = { dma0 = "dma" },
  run = function(vm)
    for _, mode in ipairs { "msix", "msi", "intx" } do
      vm:insmod("stunt_dma", "irq_mode=" .. mode)
      dma.write(vm, "/sys/bus/pci/drivers/stunt_dma/unbind", "0000:01:00.0")
      for _, register in ipairs(steps) do
        vm:step(mode .. ", " .. register)
        bind_with_interrupt_at(vm, register)
      end
      vm:rmmod("stunt_dma")
    end
  end,
}
