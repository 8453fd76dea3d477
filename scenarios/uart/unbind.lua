-- SPDX-License-Identifier: GPL-2.0-or-later
local serial = require "serial"

return scenario {
  summary = "a driver that lets go of the card hangs up what is open, and serves it again when it is bound again",
  machine = { uart0 = serial.card() },
  run = function(vm)
    serial.each_way(vm, function()
      local receive = serial.begin(vm, "receive --size 1000000", 1, "115200,rtscts")
      local send = serial.begin(vm, "send --size 1000000 --drain", 0, "115200,rtscts")
      vm:sleep("300ms")
      serial.write(vm, "/sys/bus/pci/drivers/stunt_uart/unbind", serial.ADDRESS)
      expect.equal(vm:wait(receive, { timeout = "10s" }).values.error, "HANGUP")
      expect.equal(vm:wait(send, { timeout = "10s" }).status, 2)
      serial.write(vm, "/sys/bus/pci/drivers/stunt_uart/bind", serial.ADDRESS)
      serial.transfer(vm, "1000000", 10000)
    end)
  end,
}
