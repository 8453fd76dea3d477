-- SPDX-License-Identifier: GPL-2.0-or-later
-- The machine goes to sleep under a running transfer. Ports are put to sleep one after the other: first the sender, here.
local power = require "power"
local serial = require "serial"

local SIZE = 200000

return scenario {
  summary = "a transfer goes on after the system has slept, and nothing is lost",
  machine = { uart0 = serial.card() },
  run = function(vm)
    serial.each_way(vm, function()
      local receive = serial.begin(vm, ("receive --size %d --timeout-ms 3000"):format(SIZE), 1, "1000000,rtscts")
      local send = serial.begin(vm, ("send --size %d --drain"):format(SIZE), 0, "1000000,rtscts")
      vm:sleep("200ms")
      local since = serial.last_event(vm)
      power.down_and_up(vm)
      expect.event { device = "uart0", class = "power.enter", state = 3, since = since, count = 1 }
      expect.equal(vm:wait(send).status, 0)
      local r = vm:wait(receive)
      expect.equal({ r.values.data, r.values.bytes }, { "ok", SIZE }, r.out)
    end)
  end,
}
