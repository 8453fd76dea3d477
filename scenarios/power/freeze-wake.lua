-- SPDX-License-Identifier: GPL-2.0-or-later
-- Suspend to idle: nothing is switched off but what the drivers switch off, and an interrupt that may wake ends it.
local power = require "power"
local serial = require "serial"

return scenario {
  summary = "suspend to idle is ended by the button and by a modem line",
  machine = { uart0 = serial.card() },
  modules = { "stunt_uart", "button" },
  run = function(vm)
    power.sleep(vm, "freeze", "5s")

    serial.let_wake(vm, true)
    local hold = serial.begin(vm, "hold --hold-ms 100000000", 2)
    vm:suspend("freeze")
    expect.equal(vm.uart0:power().state, "D3hot")
    vm:sleep("3s")
    serial.ring(vm, 2)
    expect.equal(vm:wake().status, 0)
    expect.equal(vm.uart0:power().state, "D0")
    serial.stop(vm, hold)
    serial.let_wake(vm, false)
    serial.transfer(vm, "115200", 1000)
  end,
}
