-- SPDX-License-Identifier: GPL-2.0-or-later
local serial = require "serial"

return scenario {
  summary = "modem lines are driven and read, over a wire, in loopback, and alone; each change is counted",
  machine = { uart0 = serial.card() },
  modules = { "stunt_uart" },
  run = function(vm)
    local a, b = serial.begin(vm, "hold --hold-ms 100000000", 0), serial.begin(vm, "hold --hold-ms 100000000", 1)
    local there = serial.run(vm, "lines --words -rts,+dtr", 0).values
    expect.equal({ there.rts, there.dtr }, { 0, 1 })
    local here = serial.run(vm, "lines", 1).values
    expect.equal({ here.cts, here.dsr, here.dcd, here.ri }, { 0, 1, 1, 0 }, "RTS is the other's CTS, DTR its DSR and DCD")
    serial.run(vm, "lines --words +rts,-dtr", 0)
    here = serial.run(vm, "lines", 1).values
    expect.equal({ here.cts, here.dsr, here.dcd }, { 1, 0, 0 })
    expect.event { device = "uart0", class = "serial.line", port = 0, line = "DTR", level = 0 }

    local looped = serial.run(vm, "lines --words +loop,+rts,-dtr", 0).values
    expect.equal({ looped.cts, looped.dsr }, { 1, 0 }, "as a 16550 turns them round")
    serial.run(vm, "lines --words -loop", 0)

    -- a port without a wire has what the scenario says
    local c = serial.begin(vm, "hold --hold-ms 100000000", 2)
    local IN = vm.uart0.INPUT
    vm.uart0:set("port2.inputs", IN.RI)
    local alone = serial.run(vm, "lines", 2).values
    expect.equal({ alone.cts, alone.dsr, alone.ri, alone.dcd }, { 0, 0, 1, 0 })
    serial.stop(vm, a, b, c)
  end,
}
