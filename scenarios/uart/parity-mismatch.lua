-- SPDX-License-Identifier: GPL-2.0-or-later
local serial = require "serial"

return scenario {
  summary = "wrong parity is counted to the character, and passed on, marked or dropped as termios says",
  machine = { uart0 = serial.card() },
  modules = { "stunt_uart" },
  run = function(vm)
    local hold = serial.begin(vm, "hold --hold-ms 100000000", 1)
    local text = "send --text ABC --drain" -- 0x41 and 0x42 have even parity, 0x43 odd
    expect.equal(serial.seen(vm, text, "9600,8e1", "9600,8o1", 16), "414243", "without INPCK they are as they came")
    expect.equal(serial.counts(vm, 1).parity, 3)
    expect.equal(serial.seen(vm, text, "9600,8e1", "9600,8o1,inpck", 16), "000000", "INPCK alone")
    expect.equal(serial.seen(vm, text, "9600,8e1", "9600,8o1,inpck,parmrk", 32), "ff0041ff0042ff0043", "marked")
    expect.equal(serial.seen(vm, text, "9600,8e1", "9600,8o1,inpck,ignpar", 16), "", "IGNPAR drops them")
    expect.equal(serial.seen(vm, text, "9600,8m1", "9600,8s1,inpck,parmrk", 32), "ff0041ff0042ff0043", "mark is not space")
    expect.equal(serial.seen(vm, text, "9600,8s1", "9600,8e1,inpck,parmrk", 32), "4142ff0043", "where they agree")
    local counts = serial.counts(vm, 1)
    expect.equal({ counts.parity, counts.frame, counts.rx }, { 16, 0, 18 })
    expect.equal(counts.parity, vm.uart0:peek("P_PARITY_ERRORS", 1))
    serial.stop(vm, hold)
  end,
}
