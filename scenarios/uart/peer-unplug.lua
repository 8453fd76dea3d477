-- SPDX-License-Identifier: GPL-2.0-or-later
local guest = require "guest"
local peer = require "peer"
local serial = require "serial"

return scenario {
  summary = "a card that is pulled out in mid-script ends the script early, and the peer says so; put in again it can have another",
  machine = { uart0 = { type = "uart", ports = 1 } },
  modules = { "stunt_uart" },
  run = function(vm)
    local receive = serial.begin(vm, "receive --size 100000 --seed 2", 0, "115200")
    local p = peer.start(vm, 0, "send 100000 seed 2", { state = "ENDED_EARLY" })
    vm:sleep("300ms")
    vm.uart0:remove()
    expect.match(p:ended(), "^ended%-early since %d+ ns step 1 of 1, line 1: send 100000 seed 2; the card is gone")
    expect.equal(vm:wait(receive, { timeout = "10s" }).values.error, "HANGUP")
    guest.until_true(vm, "the port is gone", "30s", function() return vm:run("test -e /dev/ttySU0").status ~= 0 end)
    vm.uart0:plug()
    guest.until_true(vm, "the port is back", "30s", function() return vm:run("test -e /dev/ttySU0").status == 0 end)
    receive = serial.begin(vm, "receive --size 1000 --seed 2 --timeout-ms 1000", 0, "115200")
    peer.start(vm, 0, "send 1000 seed 2"):wait()
    expect.equal(vm:wait(receive).values.data, "ok")
  end,
}
