-- SPDX-License-Identifier: GPL-2.0-or-later
local serial = require "serial"

return scenario {
  summary = "an interrupt register that always shows every cause makes work, but no loop and no loss",
  machine = { uart0 = serial.card() },
  modules = { { "stunt_uart", "dma=0" } },
  run = function(vm)
    local stuck = {}
    for port = 0, 1 do
      stuck[port] = vm.uart0:fault { id = "stuck" .. port, at = "mmio.read", match = { offset = vm.uart0:offset("P_INT_STATUS", port) },
        action = "replace", params = { value = 0x1ff } }
    end
    serial.transfer(vm, "1000000,rtscts", 20000)
    for port = 0, 1 do
      expect.is_true(stuck[port]:status().fired > 0)
      expect.is_true(stuck[port]:status().fired < 2000, "no loop")
    end
  end,
}
