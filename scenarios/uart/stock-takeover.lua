-- SPDX-License-Identifier: GPL-2.0-or-later
local registry = require "registry"
local serial = require "serial"

return scenario {
  summary = "stunt_uart takes the card over from the kernel's own driver, and gives it back: each finds it as it wants it",
  machine = serial.stock(),
  run = function(vm)
    for _ = 1, 2 do
      serial.stock()
      serial.transfer(vm, "115200,rtscts", 2000)
      registry.unbind(vm, "serial", serial.ADDRESS)
      vm:insmod("stunt_uart")
      expect.equal(registry.driver(vm, serial.ADDRESS), "stunt_uart")
      serial.own()
      serial.transfer(vm, "1000000,rtscts", 20000)
      vm:rmmod("stunt_uart")
      expect.equal(registry.bind(vm, "serial", serial.ADDRESS), nil)
    end
    serial.stock()
    serial.transfer(vm, "57600", 2000)
    expect.equal(vm.uart0:misuse(), 0)
  end,
}
