-- SPDX-License-Identifier: GPL-2.0-or-later
local serial = require "serial"

-- A reader that sleeps between its reads: the line is faster by far.
local function slow_reader(vm)
  local before = vm.uart0:peek("P_OVERRUNS", 1)
  local since = serial.last_event(vm)
  serial.transfer(vm, "4000000,rtscts", 200000, { receive = "--pause-ms 10 --chunk 2000" })
  expect.equal(vm.uart0:peek("P_OVERRUNS", 1), before, "nothing is lost")
  local off = vm:events { device = "uart0", class = "serial.line", port = 1, line = "RTS", level = 0, since = since }
  expect.is_true(#off > 2, "RTS has held the sender, again and again")
end

return scenario {
  summary = "with RTS and CTS a slow reader loses nothing: the device holds the sender as its FIFO fills, by rings and without",
  machine = { uart0 = serial.card() },
  catches = { "flow_race" },
  run = function(vm)
    serial.each_way(vm, function()
      slow_reader(vm)
    end)
  end,
}
