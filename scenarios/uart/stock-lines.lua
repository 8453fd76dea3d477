-- SPDX-License-Identifier: GPL-2.0-or-later
local serial = require "serial"

return scenario {
  summary = "the kernel's own driver drives and reads modem lines, waits for them, counts their edges, and turns them round in loopback",
  machine = serial.stock(),
  run = function(vm)
    local a, b = serial.begin(vm, "hold --hold-ms 100000000", 0), serial.begin(vm, "hold --hold-ms 100000000", 1)
    serial.run(vm, "lines --words -rts,+dtr", 0)
    local here = serial.run(vm, "lines", 1).values
    expect.equal({ here.cts, here.dsr, here.dcd, here.ri }, { 0, 1, 1, 0 }, "RTS is the other's CTS, DTR its DSR and DCD")
    serial.run(vm, "lines --words +rts,-dtr", 0)
    here = serial.run(vm, "lines", 1).values
    expect.equal({ here.cts, here.dsr, here.dcd }, { 1, 0, 0 })

    local looped = serial.run(vm, "lines --words +loop,+rts,-dtr", 0).values
    expect.equal({ looped.cts, looped.dsr, looped.dcd }, { 1, 0, 1 }, "the driver drives OUT2 as well")
    expect.equal(serial.run(vm, "lines", 1).values.cts, 0, "and the other end sees nothing of it")
    local r = serial.run(vm, "duplex --size 5000 --timeout-ms 1000", 0, "115200")
    expect.equal({ r.values.data, r.values.bytes }, { "ok", 5000 }, r.out)
    serial.run(vm, "lines --words -loop", 0)

    local IN = vm.uart0.INPUT
    local c = serial.begin(vm, "hold --hold-ms 100000000", 2)
    local wait = serial.begin(vm, "wait --words ri", 2)
    local before = serial.counts(vm, 2)
    vm.uart0:set("port2.inputs", IN.RI)
    vm:sleep("50ms")
    vm.uart0:set("port2.inputs", 0)
    local woken = vm:wait(wait, { timeout = "1s" })
    expect.equal({ woken.status, woken.values.changed }, { 0, 1 }, woken.out)
    local after = serial.counts(vm, 2)
    expect.equal({ after.cts - before.cts, after.dsr - before.dsr, after.rng - before.rng, after.dcd - before.dcd }, { 1, 1, 1, 1 })
    serial.stop(vm, a, b, c)
  end,
}
