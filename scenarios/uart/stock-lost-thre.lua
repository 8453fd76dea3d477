-- SPDX-License-Identifier: GPL-2.0-or-later
local serial = require "serial"

return scenario {
  summary = "a lost THRE interrupt stops the kernel's own driver for good: nothing looks after it, until another port of the line interrupts",
  machine = serial.stock(),
  deadline = "300s",
  proves = { ["irq.raise drop"] = "the 8250 driver waits until the next interrupt of anybody on that line" },
  run = function(vm)
    -- nobody hears it: the interrupts of a receiver would keep it going
    local hold = serial.begin(vm, "hold --hold-ms 100000000", 0, "115200")
    local lost = vm.uart0:fault { at = "irq.raise", match = { vector = "PORT0" }, nth = 4, action = "drop" }
    local send = serial.begin(vm, "send --size 200 --drain", 0, "115200")
    vm:sleep("30s")
    expect.equal(lost:status().fired, 1)
    expect.equal(vm.uart0:peek("W_IIR.CAUSE", 0), vm.uart0.W_IIR_CAUSE.THRE, "it would tell who asked")
    expect.is_true(not send:done(), "half a minute for 200 characters, and no end")
    serial.run(vm, "send --text x --drain", 1, "115200")
    expect.equal(vm:wait(send, { timeout = "1s" }).status, 0)
    expect.equal(serial.counts(vm, 0).tx, 200)
    serial.stop(vm, hold)
  end,
}
