-- SPDX-License-Identifier: GPL-2.0-or-later
local serial = require "serial"

return scenario {
  summary = "noise of one character in a hundred is seen by parity, to the character, and without it nobody knows",
  machine = { uart0 = serial.card() },
  modules = { "stunt_uart" },
  run = function(vm)
    local hold = serial.begin(vm, "hold --hold-ms 100000000", 1)
    vm.uart0:set("noise", 10000)
    for line, errors in pairs { ["115200,8e1"] = true, ["115200,8n1"] = false } do
      local before = serial.counts(vm, 1).parity
      local receive = serial.begin(vm, "receive --size 20000 --timeout-ms 500", 1, line)
      serial.run(vm, "send --size 20000 --drain", 0, line)
      local r = vm:wait(receive)
      expect.equal({ r.values.bytes, r.values.data }, { 20000, "wrong" })
      local n = serial.counts(vm, 1).parity - before
      expect.between(n, errors and 150 or 0, errors and 250 or 0, line)
    end
    expect.equal(serial.counts(vm, 1).parity, vm.uart0:peek("P_PARITY_ERRORS", 1))
    vm.uart0:set("noise", 0)
    serial.transfer(vm, "115200,8e1", 5000)
    serial.stop(vm, hold)
  end,
}
