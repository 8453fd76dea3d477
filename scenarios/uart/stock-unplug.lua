-- SPDX-License-Identifier: GPL-2.0-or-later
local guest = require "guest"
local registry = require "registry"
local serial = require "serial"

return scenario {
  summary = "a card that is pulled out under the kernel's own driver in mid-transfer hangs up its users; put in again it is found again",
  machine = serial.stock(),
  run = function(vm)
    local receive = serial.begin(vm, "receive --size 1000000", 1, "115200,rtscts")
    local send = serial.begin(vm, "send --size 1000000 --drain", 0, "115200,rtscts")
    vm:sleep("300ms")
    vm.uart0:remove()
    local r, s = vm:wait(receive, { timeout = "60s" }), vm:wait(send, { timeout = "60s" })
    expect.equal(r.values.error, "HANGUP", r.out)
    expect.equal(s.status, 2, s.out)
    vm.uart0:plug()
    guest.until_true(vm, "the driver has it again", "30s", function() return registry.driver(vm, serial.ADDRESS) == "serial" end)
    serial.transfer(vm, "115200", 1000)
  end,
}
