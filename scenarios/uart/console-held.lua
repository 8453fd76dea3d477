-- SPDX-License-Identifier: GPL-2.0-or-later
local peer = require "peer"
local serial = require "serial"

return scenario {
  summary = "a console that its peer holds for ever costs the kernel one wait and not one for each character; let go, it speaks again",
  machine = { uart0 = { type = "uart", ports = 1, ["port0.peer"] = "lines -rts" }, cmdline = "console=ttySU0,115200n8r loglevel=8" },
  run = function(vm)
    vm:insmod("stunt_uart")
    local before = vm:now()
    vm:run { "sh", "-c", "for i in $(seq 50); do echo nobody hears message $i > /dev/kmsg; done" }
    expect.between(vm:now() - before, 0, ns("1s"), "fifty messages")
    local p = peer.start(vm, 0, 'lines +rts; expect "this is heard again\\r\\n" within 5s')
    vm:sleep("100ms")
    vm:run { "sh", "-c", "echo this is heard again > /dev/kmsg" }
    p:wait()
  end,
}
