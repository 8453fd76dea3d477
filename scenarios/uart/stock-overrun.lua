-- SPDX-License-Identifier: GPL-2.0-or-later
local serial = require "serial"

local SENT = 64

return scenario {
  summary = "an interrupt that comes late: the sixteen characters that a 16550A has room for are read, the others lost, and the driver knows",
  machine = serial.stock(),
  proves = { ["irq.raise delay"] = "the FIFO overruns, and the 8250 driver counts it" },
  run = function(vm)
    local receive = serial.begin(vm, "receive --size 100 --hex --timeout-ms 500", 1, "115200")
    local late = vm.uart0:fault { at = "irq.raise", match = { vector = "PORT1" }, nth = 1, action = "delay", params = { ns = "20ms" } }
    -- not by the driver of port 0: its interrupts would look after port 1 as well, they share the line
    for n = 0, SENT / 4 - 1 do
      vm.uart0:poke("P_TX4", 0, 0x61616161 + n * 0x01010101)
    end
    local out = vm:wait(receive).out:match("^(%x*)\n")
    expect.equal(late:status().fired, 1)
    expect.equal(out, "6100616161" .. "62626262" .. "63636363" .. "64646464", "a FIFO full of the first, and the mark of the loss")
    expect.equal(vm.uart0:peek("P_OVERRUNS", 1), SENT - 16)
    expect.equal(serial.counts(vm, 1).overrun, 1, "it is told once, however many were lost")
    serial.transfer(vm, "115200", 500)
  end,
}
