-- SPDX-License-Identifier: GPL-2.0-or-later
local serial = require "serial"

return scenario {
  summary = "a program that waits for a modem line is woken by it, and the counters have every edge, however close they follow",
  machine = { uart0 = serial.card() },
  modules = { "stunt_uart" },
  run = function(vm)
    local IN = vm.uart0.INPUT
    local hold = serial.begin(vm, "hold --hold-ms 100000000", 2)
    local wait = serial.begin(vm, "wait --words dcd", 2)
    vm.uart0:set("port2.inputs", IN.CTS | IN.DSR | IN.DCD | IN.RI) -- another one: it sleeps on
    vm:sleep("50ms")
    vm.uart0:set("port2.inputs", IN.CTS | IN.DSR)
    local r = vm:wait(wait, { timeout = "1s" })
    expect.equal({ r.status, r.values.changed }, { 0, 1 }, r.out)

    -- many edges while the guest stands still: one interrupt, all of them counted
    local before = serial.counts(vm, 2)
    for _ = 1, 5 do
      vm.uart0:set("port2.inputs", IN.RI)
      vm.uart0:set("port2.inputs", IN.CTS)
    end
    vm.uart0:set("port2.inputs", 0)
    vm:sleep("10ms")
    local after = serial.counts(vm, 2)
    expect.equal({ after.cts - before.cts, after.rng - before.rng, after.dsr - before.dsr, after.dcd - before.dcd },
      { 11, 5, 1, 0 }, "of RI the ends count")
    serial.stop(vm, hold)
  end,
}
