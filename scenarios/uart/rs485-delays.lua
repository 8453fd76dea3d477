-- SPDX-License-Identifier: GPL-2.0-or-later
local serial = require "serial"

return scenario {
  summary = "in RS-485 RTS directs the transceiver: on before the first start bit, off after the last stop bit, by the delays that were set",
  machine = { uart0 = serial.card() },
  modules = { "stunt_uart" },
  run = function(vm)
    local hold = serial.begin(vm, "hold --hold-ms 100000000", 0)
    serial.run(vm, "set", 0, "115200")
    serial.run(vm, "rs485 --words enabled,on-send,before=3,after=5,rx-during-tx", 0)
    local got = serial.run(vm, "rs485", 0).values
    expect.equal({ got.before, got.after, got.flags }, { 3, 5, 0x13 })
    local since = serial.last_event(vm)
    local receive = serial.begin(vm, "receive --size 500 --timeout-ms 1000", 1, "115200")
    serial.run(vm, "send --size 500 --drain", 0)
    expect.equal(vm:wait(receive).values.data, "ok")
    vm:sleep("20ms")
    local rts = vm:events { device = "uart0", class = "serial.line", port = 0, line = "RTS", since = since }
    local sent = vm:events { device = "uart0", class = "serial.tx", port = 0, since = since }
    expect.equal({ #rts, rts[1].fields.level, rts[2].fields.level }, { 2, 1, 0 })
    local first = sent[#sent].fields.ns - 500 * 10 * 1000000000 // 115200
    expect.between(first - rts[1].time_ns, ns("2990us"), ns("3100us"), "before the first start bit")
    expect.between(rts[2].time_ns - sent[#sent].fields.ns, ns("5ms"), ns("5001us"), "after the last stop bit")

    -- the other way round, and as it was
    serial.run(vm, "rs485 --words enabled,after-send", 0)
    since = serial.last_event(vm)
    serial.run(vm, "send --size 10 --drain", 0)
    rts = vm:events { device = "uart0", class = "serial.line", port = 0, line = "RTS", since = since }
    expect.equal({ #rts, rts[1].fields.level, rts[2].fields.level }, { 2, 0, 1 })
    serial.stop(vm, hold)
  end,
}
