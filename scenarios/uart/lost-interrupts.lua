-- SPDX-License-Identifier: GPL-2.0-or-later
local serial = require "serial"

return scenario {
  summary = "interrupts that are lost cost time, not data: the watch finds what they would have told",
  machine = { uart0 = serial.card() },
  run = function(vm)
    serial.each_way(vm, function()
      local lost = vm.uart0:fault { at = "irq.raise", every = 3, action = "drop" }
      serial.transfer(vm, "115200,rtscts", 20000)
      expect.is_true(lost:status().fired > 2)
      lost:disarm()
      local n = tonumber(serial.attribute(vm, 0, "lost_irqs")) + tonumber(serial.attribute(vm, 1, "lost_irqs"))
      expect.is_true(n > 0, "and it is counted")
      expect.equal(serial.attribute(vm, 0, "fallbacks"), "0")
    end)
  end,
}
