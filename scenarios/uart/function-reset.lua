-- SPDX-License-Identifier: GPL-2.0-or-later
local serial = require "serial"

return scenario {
  summary = "a function level reset in mid-transfer costs what was on its way; the ports stay open and work with the settings that they had",
  machine = { uart0 = serial.card() },
  run = function(vm)
    serial.each_way(vm, function()
      local receive = serial.begin(vm, "receive --size 100000 --timeout-ms 1000", 1, "1000000,rtscts")
      local send = serial.begin(vm, "send --size 100000 --drain", 0, "1000000,rtscts")
      vm:sleep("200ms")
      local since = serial.last_event(vm)
      serial.write(vm, serial.SYSFS .. "/reset", 1)
      expect.event { device = "uart0", class = "reset", kind = "FLR", count = 1, since = since }
      expect.equal(vm:wait(send).values.bytes, 100000)
      expect.between(vm:wait(receive).values.bytes, 100000 - 2 * 256, 100000)
      serial.transfer(vm, "1000000,rtscts", 10000)
    end)
  end,
}
