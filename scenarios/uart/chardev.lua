-- SPDX-License-Identifier: GPL-2.0-or-later
-- The far end is outside of the machine: here a chardev that takes everything. How one talks is in tests/scenario/test_lines.py.
local serial = require "serial"

local SIZE = 10000

return scenario {
  summary = "a chardev at the other end of a line is its carrier, and takes what is sent at the line's rate",
  machine = {
    realtime = true,
    chardev = { line = "file,path=/dev/null" },
    uart0 = { type = "uart", ports = 2, ["port0.chardev"] = "line" },
  },
  modules = { "stunt_uart" },
  run = function(vm)
    local lines = serial.run(vm, "lines", 0).values
    expect.equal({ lines.cts, lines.dsr, lines.dcd, lines.ri }, { 1, 1, 1, 0 })
    expect.equal(vm.uart0:get("port0.chardev"), "line")
    local send = serial.run(vm, ("send --size %d --drain"):format(SIZE), 0, "115200,rtscts,modem")
    expect.is_true(send.values.us >= SIZE * 10 * 1000000 // 115200, send.out)
  end,
}
