-- SPDX-License-Identifier: GPL-2.0-or-later
local serial = require "serial"

-- Baud, and the divisor in 256ths that comes nearest: 192 MHz / 16 / baud.
local RATES = { 50, 110, 134, 300, 1200, 9600, 31250, 38400, 115200, 250000, 1234567, 3000000, 4000000, 11520000, 12000000 }

return scenario {
  summary = "standard speeds and any others up to 12 Mbaud are programmed to the nearest fraction, and data arrives",
  machine = { uart0 = serial.card() },
  modules = { "stunt_uart" },
  deadline = "300s",
  run = function(vm)
    for _, baud in ipairs(RATES) do
      local size = baud < 1000 and 20 or 2000
      local line = tostring(baud)
      local receive = serial.begin(vm, ("receive --size %d --timeout-ms 5000"):format(size), 1, line)
      local hold = serial.begin(vm, "hold --hold-ms 100000000", 0)
      local send = serial.run(vm, ("send --size %d --drain"):format(size), 0, line)
      expect.equal(vm.uart0:peek("P_BAUD", 0), math.floor(12e6 * 256 / baud + 0.5), line)
      local r = vm:wait(receive)
      expect.equal({ r.status, r.values.data }, { 0, "ok" }, line .. ": " .. r.out)
      local least = size * 10 * 1000000 // baud
      expect.between(send.values.us, least * 95 // 100, least + 200000, line .. ": what the bits take")
      expect.equal(serial.run(vm, "set", 0).values.baud, baud)
      vm:kill(hold)
      vm:wait(hold)
    end
  end,
}
