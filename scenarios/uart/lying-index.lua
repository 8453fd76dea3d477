-- SPDX-License-Identifier: GPL-2.0-or-later
local serial = require "serial"

return scenario {
  summary = "an index that cannot be makes the driver give up the ring, and the data goes on by the FIFO without a loss",
  machine = { uart0 = serial.card() },
  modules = { "stunt_uart" },
  run = function(vm)
    for port, name in pairs { [0] = "P_TX_TAIL", [1] = "P_RX_HEAD" } do
      local keep = serial.begin(vm, "hold --hold-ms 100000000", port)
      local lie = vm.uart0:fault { id = name, at = "mmio.read", match = { offset = vm.uart0:offset(name, port) }, nth = 2, action = "replace",
        params = { value = 0x12345678 } }
      serial.transfer(vm, "1000000,rtscts", 50000)
      expect.equal(lie:status().fired, 1)
      expect.equal(serial.attribute(vm, port, "fallbacks"), "1")
      serial.stop(vm, keep)
      lie:disarm()
    end
  end,
}
