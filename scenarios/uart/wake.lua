-- SPDX-License-Identifier: GPL-2.0-or-later
-- The system sleeps until the card, in D3hot, sends a PME: a port that is open has noticed something on its line.
local peer = require "peer"
local serial = require "serial"

local CHARACTER = 10 * 1000000000 // 9600

return scenario {
  summary = "a modem line or a character wakes the system from suspend to idle; a PME that is lost is sent again",
  machine = { uart0 = serial.card() },
  modules = { "stunt_uart" },
  proves = { ["power.pme drop"] = "the card sends the message again, and the system wakes 100 ms later" },
  run = function(vm)
    local function ring() serial.ring(vm, 2) end
    expect.is_true(vm:run({ "test", "-e", "/sys/class/tty/ttySU2/power/wakeup" }).status ~= 0, "the card wakes, no tty")
    serial.let_wake(vm, true)
    local hold = serial.begin(vm, "hold --hold-ms 100000000", 2)
    local since = serial.asleep(vm, ring)
    expect.event { device = "uart0", class = "power.pme", since = since, count = 1 }
    expect.event { device = "uart0", class = "port.irq", cause = 3, since = since, count = 1 }

    vm.uart0:fault { at = "power.pme", nth = 1, action = "drop" }
    local since = serial.asleep(vm, ring)
    local sent = vm:events { device = "uart0", class = "power.pme", since = since }
    local heard = vm:events { device = "uart0", class = "port.irq", cause = 3, since = since }
    expect.equal({ #sent, #heard }, { 2, 1 })
    expect.equal(sent[2].time_ns - sent[1].time_ns, ns("100ms"))
    expect.equal(heard[1].time_ns, sent[2].time_ns, "the second one wakes")
    serial.stop(vm, hold)

    -- the one that wakes is lost with the card asleep, those that come when it has been resumed are not
    local receive = serial.begin(vm, "receive --hex --size 2 --timeout-ms 3000", 3, "9600")
    local far = peer.start(vm, 3, [[ line 9600; after 1500ms; send "A"; after 500ms; send "BC" ]])
    local since = serial.asleep(vm, function() end)
    far:wait()
    local rung = far:events("serial.tx", { since = since })[1]
    local pme = vm:events { device = "uart0", class = "power.pme", since = since }
    expect.equal(#pme, 1)
    expect.between(rung.fields.ns - pme[1].time_ns, CHARACTER - 200, CHARACTER + 200)
    expect.equal(vm:wait(receive).out:match("^(%x*)"), "4243")
    serial.let_wake(vm, false)
    serial.transfer(vm, "1000000,rtscts", 5000)
    expect.equal(vm.uart0:misuse(), 0)
  end,
}
