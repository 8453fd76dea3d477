-- SPDX-License-Identifier: GPL-2.0-or-later
-- What cannot be had is not there afterwards: the program reads back what it got.
local serial = require "serial"

return scenario {
  summary = "a speed that the card does not have leaves the one before; speed 0 hangs up; words that are none are refused",
  machine = { uart0 = serial.card() },
  modules = { "stunt_uart" },
  run = function(vm)
    local hold = serial.begin(vm, "hold --hold-ms 100000000", 0)
    expect.equal(serial.run(vm, "set", 0, "115200").values.baud, 115200)
    local got = serial.run(vm, "set", 0, "20000000").values.baud
    expect.equal(got, 115200, "more than 12 Mbaud")
    expect.equal(vm.uart0:peek("P_BAUD", 0), 12000000 * 256 // 115200 + 1)
    expect.equal(serial.run(vm, "set", 0, "1").values.baud > 1, true, "less than the divisor can do")
    expect.equal(vm:run("stunt-serial set -l 8x1").values.error, "EINVAL")
    expect.equal(vm:run("stunt-serial set -d /dev/ttySU9").values.error, "ENOENT", "a port that the card has not")

    -- speed 0 is to hang up the line: DTR goes off
    expect.equal(serial.run(vm, "lines", 0, "115200").values.dtr, 1)
    local since = serial.last_event(vm)
    vm:run("stunt-serial set -l 0")
    expect.event { device = "uart0", class = "serial.line", port = 0, line = "DTR", level = 0, since = since }
    serial.stop(vm, hold)
  end,
}
