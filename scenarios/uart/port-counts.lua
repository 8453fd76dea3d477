-- SPDX-License-Identifier: GPL-2.0-or-later
local serial = require "serial"

return scenario {
  summary = "cards of one, two and four ports are served side by side, each by the lines that it has",
  machine = { uart0 = { type = "uart", ports = 1 }, uart1 = { type = "uart", ports = 2, wires = "0-1" }, uart2 = { type = "uart", ports = 4, wires = "0-3" } },
  modules = { "stunt_uart" },
  run = function(vm)
    expect.equal(vm:run("ls /dev/ttySU6").status, 0)
    expect.not_equal(vm:run("ls /dev/ttySU7").status, 0)
    for _, pair in ipairs { { 1, 2 }, { 3, 6 } } do
      local receive = serial.begin(vm, "receive --size 5000 --timeout-ms 1000", pair[2], "1000000")
      serial.run(vm, "send --size 5000 --drain", pair[1], "1000000")
      expect.equal(vm:wait(receive).values.data, "ok")
    end
    local hold = serial.begin(vm, "hold --hold-ms 100000000", 0)
    serial.run(vm, "lines --words +loop", 0, "1000000")
    expect.equal(serial.run(vm, "duplex --size 5000 --timeout-ms 1000", 0).values.data, "ok")
    serial.stop(vm, hold)
  end,
}
