-- SPDX-License-Identifier: GPL-2.0-or-later
-- The system sleeps until the card, in D3hot, sends a PME: a port that is open has noticed something on its line.
local serial = require "serial"

return scenario {
  summary = "a modem line wakes the system from suspend to idle; a PME that is lost is sent again",
  machine = { uart0 = serial.card() },
  modules = { "stunt_uart" },
  proves = { ["power.pme drop"] = "the card sends the message again, and the system wakes 100 ms later" },
  run = function(vm)
    local function ring() serial.ring(vm, 2) end
    serial.let_wake(vm, true)
    local hold = serial.begin(vm, "hold --hold-ms 100000000", 2)
    local soon, since = serial.asleep(vm, ring)
    expect.event { device = "uart0", class = "power.pme", since = since, count = 1 }
    expect.event { device = "uart0", class = "port.irq", cause = 3, since = since, count = 1 }

    vm.uart0:fault { at = "power.pme", nth = 1, action = "drop" }
    local late, since = serial.asleep(vm, ring)
    expect.event { device = "uart0", class = "power.pme", since = since, count = 2 }
    expect.between(late - soon, ns("99ms"), ns("101ms"))
    serial.stop(vm, hold)
    serial.let_wake(vm, false)
    serial.transfer(vm, "1000000,rtscts", 5000)
    expect.equal(vm.uart0:misuse(), 0)
  end,
}
