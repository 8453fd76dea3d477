-- SPDX-License-Identifier: GPL-2.0-or-later
local serial = require "serial"

return scenario {
  summary = "the kernel's own driver holds a sender by RTS before its buffer is full, and obeys CTS: a reader that sleeps loses nothing",
  machine = serial.stock(),
  deadline = "300s",
  run = function(vm)
    local since = serial.last_event(vm)
    serial.transfer(vm, "115200,rtscts", 150000, { receive = "--hold-ms 9000 --chunk 4000" })
    local off = vm:events { device = "uart0", class = "serial.line", port = 1, line = "RTS", level = 0, since = since }
    expect.is_true(#off > 0, "RTS has held the sender")
    expect.equal(vm.uart0:peek("P_OVERRUNS", 1), 0)
  end,
}
