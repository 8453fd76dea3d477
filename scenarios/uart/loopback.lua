-- SPDX-License-Identifier: GPL-2.0-or-later
local serial = require "serial"

return scenario {
  summary = "in loopback a port receives what it sends, and the other end of its wire nothing",
  machine = { uart0 = serial.card() },
  modules = { "stunt_uart" },
  run = function(vm)
    local hold = serial.begin(vm, "hold --hold-ms 100000000", 0)
    serial.run(vm, "lines --words +loop", 0, "1000000,rtscts")
    local other = serial.begin(vm, "receive --size 1 --timeout-ms 500", 1, "1000000")
    local r = serial.run(vm, "duplex --size 50000 --timeout-ms 1000", 0)
    expect.equal({ r.values.data, r.values.bytes }, { "ok", 50000 }, r.out)
    expect.equal(vm:wait(other).values.bytes, 0)
    expect.no_event { device = "uart0", class = "serial.rx", port = 1 }
    serial.stop(vm, hold)
  end,
}
