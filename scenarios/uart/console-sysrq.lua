-- SPDX-License-Identifier: GPL-2.0-or-later
local guest = require "guest"
local peer = require "peer"
local serial = require "serial"

return scenario {
  summary = "a break and a letter from a console's peer is magic SysRq, answered out of the interrupt; on another port they are a break and a letter",
  machine = { uart0 = { type = "uart", ports = 2 }, cmdline = "console=ttySU0,115200n8 loglevel=8 sysrq_always_enabled" },
  modules = { "stunt_uart" },
  run = function(vm)
    local console = serial.begin(vm, "hold --hold-ms 100000000", 0, "115200")
    local other = serial.begin(vm, "hold --hold-ms 100000000", 1, "115200")
    vm:sleep("1s") -- until the log of the boot is over
    peer.start(vm, 0, [[
      break 3ms; after 1ms; send "h"
      expect "sysrq: HELP : loglevel(0-9) reboot(b) crash(c)" within 100ms
      expect "\r\n" within 100ms
      idle 50ms
      break 3ms; after 1ms; send "m"
      expect "sysrq: Show Memory\r\n" within 100ms
      expect " pages RAM\r\n" within 1s
      after 1s
      break 3ms; after 6s
      send "h"; idle 50ms
    ]]):wait()
    expect.equal(serial.counts(vm, 0).brk, 3)

    -- without a console there is nothing magic
    local receive = serial.begin(vm, "receive --hex --size 16 --timeout-ms 500", 1, "115200,parmrk")
    local lines = #vm:kernel_log("sysrq:")
    peer.start(vm, 1, 'break 3ms; after 1ms; send "hc"; idle 100ms'):wait()
    expect.equal(vm:wait(receive).out:match("^(%x*)\n"), "ff00006863")
    expect.equal(#vm:kernel_log("sysrq:"), lines)
    serial.stop(vm, console, other)
  end,
}
