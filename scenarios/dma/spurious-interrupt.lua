-- SPDX-License-Identifier: GPL-2.0-or-later
-- Interrupts that the device never meant: while the driver idles, in the middle of its probe and of its removal, in each mode.
local dma = require "dma"

local modes = { { name = "msix", number = 2 }, { name = "msi", number = 1 }, { name = "intx", number = 0 } }

-- At one write of the driver to CTRL, which both probe and removal do, an interrupt that has no cause.
local function at_control_write(vm, work)
  local rule = vm.dma0:fault { at = "mmio.write", match = { offset = "CTRL" }, nth = 1, action = "pause",
    on_pause = function(there) there.dma0:interrupt("CH0_DONE") end }
  work()
  expect.equal(rule:status().fired, 1)
end

local function through_life(vm, mode)
  at_control_write(vm, function() vm:insmod("stunt_dma", "irq_mode=" .. mode.name) end)
  dma.ok(vm, "copy --channel 1 --size 4096")
  local before = vm:run("stunt-dma info").values
  local since = dma.last_event(vm)
  for _, vector in ipairs { "CH1_DONE", "ERROR", 0 } do
    vm.dma0:interrupt(vector)
    vm:sleep("10ms")
  end
  expect.event { device = "dma0", class = "irq.raise", mode = mode.number, since = since, count = 3 }
  dma.ok(vm, "copy --channel 1 --size 4096")
  local after = vm:run("stunt-dma info").values
  expect.equal(after.spurious_irqs - before.spurious_irqs, mode.name == "intx" and 0 or 3,
    "counted, but on a line that may be shared")
  expect.equal({ after.lost_irqs, after.timeouts, after.errors, after.jobs - before.jobs }, { 0, 0, 0, 1 })
  at_control_write(vm, function() vm:rmmod("stunt_dma") end)
end

return scenario {
  summary = "spurious interrupts at rest, during probe and during removal harm nothing, in each mode",
  machine = { dma0 = "dma" },
  run = function(vm)
    for _, mode in ipairs(modes) do
      vm:step(mode.name)
      through_life(vm, mode)
    end
    expect.equal(vm.dma0:misuse(), 0)
  end,
}
