-- SPDX-License-Identifier: GPL-2.0-or-later
local guest = require "guest"
local serial = require "serial"

return scenario {
  summary = "a card that is pulled out in mid-transfer hangs up who reads and who writes; put in again it is as new",
  machine = { uart0 = serial.card() },
  modules = { "stunt_uart" },
  run = function(vm)
    local receive = serial.begin(vm, "receive --size 1000000", 1, "115200,rtscts")
    local send = serial.begin(vm, "send --size 1000000 --drain", 0, "115200,rtscts")
    vm:sleep("300ms")
    vm.uart0:remove()
    local r, s = vm:wait(receive, { timeout = "10s" }), vm:wait(send, { timeout = "10s" })
    expect.equal(r.values.error, "HANGUP", r.out)
    expect.equal(s.status, 2, s.out)
    guest.until_true(vm, "the ports are gone", "30s", function() return vm:run("test -e /dev/ttySU0").status ~= 0 end)
    vm.uart0:plug()
    guest.until_true(vm, "the ports are back", "30s", function() return vm:run("test -e /dev/ttySU7").status == 0 end)
    serial.transfer(vm, "1000000", 10000)
  end,
}
