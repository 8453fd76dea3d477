-- SPDX-License-Identifier: GPL-2.0-or-later
local serial = require "serial"

local SIZE = 4 << 20

return scenario {
  summary = "eight ports send and receive 4 MiB each at 4 Mbaud, all at once, with flow control, and every byte arrives in its place",
  machine = { uart0 = { type = "uart", wires = "0-1,2-3,4-5,6-7" } },
  modules = { "stunt_uart" },
  deadline = "300s",
  run = function(vm)
    local commands, holds = {}, {}
    for port = 0, 7 do -- nobody may send to a port that is not set yet
      holds[port + 1] = serial.begin(vm, "hold --hold-ms 1000000000", port, "4000000,rtscts")
    end
    for port = 0, 7 do
      commands[port] = serial.begin(vm, ("duplex --size %d --seed %d --expect-seed %d --timeout-ms 5000"):format(SIZE, port + 1, (port ~ 1) + 1),
        port)
    end
    for port = 0, 7 do
      local r = vm:wait(commands[port])
      expect.equal({ r.status, r.values.data, r.values.bytes }, { 0, "ok", SIZE }, port .. ": " .. r.out)
      expect.equal(vm.uart0:peek("P_OVERRUNS", port), 0)
      expect.equal(serial.attribute(vm, port, "fallbacks"), "0")
    end
    expect.equal(vm.uart0:misuse(), 0)
    serial.stop(vm, table.unpack(holds))
  end,
}
