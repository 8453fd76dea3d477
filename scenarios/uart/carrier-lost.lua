-- SPDX-License-Identifier: GPL-2.0-or-later
local serial = require "serial"

return scenario {
  summary = "a carrier that goes off hangs the port up, also when it is back before anybody has looked",
  machine = { uart0 = serial.card() },
  modules = { "stunt_uart" },
  run = function(vm)
    local IN = vm.uart0.INPUT
    for _, back in ipairs { 0, IN.CTS | IN.DSR | IN.DCD } do
      vm.uart0:set("port2.inputs", IN.CTS | IN.DSR | IN.DCD)
      local receive = serial.begin(vm, "receive --size 10", 2, "115200,modem")
      vm.uart0:set("port2.inputs", IN.CTS | IN.DSR)
      vm.uart0:set("port2.inputs", back == 0 and IN.CTS | IN.DSR or back)
      local r = vm:wait(receive, { timeout = "1s" })
      expect.equal(r.values.error, "HANGUP", r.out)
    end
    -- with CLOCAL nobody minds
    local receive = serial.begin(vm, "receive --size 10 --timeout-ms 100", 2, "115200")
    vm.uart0:set("port2.inputs", 0)
    expect.equal(vm:wait(receive).values.error, nil)
  end,
}
