-- SPDX-License-Identifier: GPL-2.0-or-later
local serial = require "serial"

return scenario {
  summary = "a card with no port open sleeps in D3hot if it may, and wakes up when one is opened",
  machine = { uart0 = serial.card() },
  modules = { "stunt_uart" },
  run = function(vm)
    serial.write(vm, serial.SYSFS .. "/power/control", "auto")
    vm:sleep("2s")
    for _ = 1, 3 do
      expect.equal(vm.uart0:get("power-state"), 3)
      serial.transfer(vm, "1000000,rtscts", 5000)
      vm:sleep("2s")
    end
    expect.equal(vm.uart0:get("power-state"), 3)
    expect.equal(vm.uart0:misuse(), 0)
  end,
}
