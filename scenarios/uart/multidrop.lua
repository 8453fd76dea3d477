-- SPDX-License-Identifier: GPL-2.0-or-later
-- One calls, three are on the bus: here each pair of ports is a bus of its own, the same is called on all.
local serial = require "serial"

return scenario {
  summary = "on a multidrop bus a receiver hears what follows on its address and nothing else",
  machine = { uart0 = serial.card() },
  modules = { "stunt_uart" },
  run = function(vm)
    local a, b = serial.begin(vm, "hold --hold-ms 100000000", 0), serial.begin(vm, "hold --hold-ms 100000000", 1)
    serial.run(vm, "set", 0, "115200")
    serial.run(vm, "set", 1, "115200")
    serial.run(vm, "rs485 --words enabled,on-send,addrb,recv=5", 1)
    local function call(address, text)
      local receive = serial.begin(vm, "receive --hex --size 16 --timeout-ms 300", 1)
      serial.run(vm, "rs485 --words enabled,on-send,addrb,dest=" .. address, 0)
      serial.run(vm, { "send", "--text", text, "--drain" }, 0)
      return vm:wait(receive).out:match("^(%x*)\n")
    end
    expect.equal(call(5, "AB"), "054142")
    expect.equal(call(6, "CD"), "")
    expect.equal(call(5, "EF"), "054546")
    expect.equal(vm.uart0:peek("P_MULTIDROP", 1), 0x503)
    expect.equal(serial.counts(vm, 1).parity, 0, "an address is no parity error")
    serial.stop(vm, a, b)
  end,
}
