-- SPDX-License-Identifier: GPL-2.0-or-later
local serial = require "serial"

return scenario {
  summary = "who writes more than there is room for sleeps, and is woken as the line takes it",
  machine = { uart0 = serial.card() },
  catches = { "lost_wakeup" },
  run = function(vm)
    serial.each_way(vm, function()
      local receive = serial.begin(vm, "receive --size 50000 --timeout-ms 2000", 1, "1000000")
      local send = serial.spawn(vm, "send --size 50000 --drain", 0, "1000000")
      local s = vm:wait(send, { timeout = "10s" })
      expect.between(s.values.us, 500000, 700000, "what the line takes")
      expect.equal(vm:wait(receive).values.data, "ok")
    end)
  end,
}
