-- SPDX-License-Identifier: GPL-2.0-or-later
local serial = require "serial"

return scenario {
  summary = "with XON and XOFF, sent and obeyed by the device, a slow reader loses nothing, and they are no data",
  machine = { uart0 = serial.card() },
  run = function(vm)
    serial.each_way(vm, function()
      -- letters, for the data itself must have none of the two characters
      local text = ("abcdefghijklmnopqrstuvwxyz"):rep(100)
      local receive = serial.begin(vm, "receive --hex --size 26000 --timeout-ms 2000 --pause-ms 60 --chunk 500", 1, "4000000,ixoff")
      local hold = serial.begin(vm, "hold --hold-ms 100000000", 0) -- closed it would forget that it is held
      local since = serial.last_event(vm)
      for _ = 1, 10 do
        serial.run(vm, { "send", "--drain", "--text", text }, 0, "4000000,ixon")
      end
      local got = vm:wait(receive).out:match("^(%x*)\n")
      expect.equal(#got, 52000)
      expect.equal(got, (("6162636465666768696a6b6c6d6e6f707172737475767778797a"):rep(1000)))
      expect.is_true(serial.sum(vm, { device = "uart0", class = "serial.tx", port = 1, since = since }, "count") > 0,
        "the receiver has sent XOFF and XON")
      expect.equal(vm.uart0:peek("P_OVERRUNS", 1), 0)
      serial.stop(vm, hold)
    end)
  end,
}
