-- SPDX-License-Identifier: GPL-2.0-or-later
local serial = require "serial"

return scenario {
  summary = "a ring whose transfer fails on the bus stands still; the driver gives it up, and nothing is lost",
  machine = { uart0 = serial.card() },
  modules = { "stunt_uart" },
  run = function(vm)
    for port, class in pairs { [0] = "dma.read", [1] = "dma.write" } do
      local rule = vm.uart0:fault { id = class, at = class, match = { channel = port }, nth = 3, action = "error" }
      serial.transfer(vm, "1000000,rtscts", 50000)
      expect.equal(rule:status().fired, 1)
      expect.equal(serial.attribute(vm, port, "fallbacks"), "1")
      rule:disarm()
    end
  end,
}
