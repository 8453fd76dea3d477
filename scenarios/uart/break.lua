-- SPDX-License-Identifier: GPL-2.0-or-later
local serial = require "serial"

return scenario {
  summary = "a break is sent for as long as asked, and received as one break: counted, marked, ignored or turned into a signal",
  machine = { uart0 = serial.card() },
  modules = { "stunt_uart" },
  run = function(vm)
    local hold = serial.begin(vm, "hold --hold-ms 100000000", 1)
    local send = "break --hold-ms 20"
    local since = serial.last_event(vm)
    expect.equal(serial.seen(vm, send, "9600", "9600", 16), "00", "a zero")
    local line = vm:events { device = "uart0", class = "serial.line", port = 0, line = "BREAK", since = since }
    expect.equal(#line, 2)
    expect.between(line[2].time_ns - line[1].time_ns, ns("20ms"), ns("30ms"))
    expect.equal(serial.seen(vm, send, "9600", "9600,parmrk", 16), "ff0000", "marked")
    expect.equal(serial.seen(vm, send, "9600", "9600,ignbrk", 16), "", "ignored")
    expect.equal(serial.counts(vm, 1).brk, 3)
    expect.equal(vm.uart0:peek("P_BREAKS", 1), 3)
    serial.transfer(vm, "9600", 100)
    expect.equal(serial.counts(vm, 1).frame, 0)
    serial.stop(vm, hold)
  end,
}
