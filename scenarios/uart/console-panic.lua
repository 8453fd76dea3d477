-- SPDX-License-Identifier: GPL-2.0-or-later
local peer = require "peer"
local serial = require "serial"

return scenario {
  summary = "a console's peer lets the kernel crash, and hears what it says to the end: reason, stack, and the last line",
  machine = { uart0 = { type = "uart", ports = 2 }, cmdline = "console=ttySU0,115200n8 loglevel=8 sysrq_always_enabled" },
  modules = { "stunt_uart" },
  oracle = { expect = { { kind = "panic", pattern = "sysrq triggered crash" } } },
  run = function(vm)
    serial.begin(vm, "hold --hold-ms 100000000", 0, "115200")
    vm:sleep("1s")
    peer.start(vm, 0, [[
      break 3ms; after 1ms; send "c"
      expect "sysrq: Trigger a crash\r\n" within 100ms
      expect "Kernel panic - not syncing: sysrq triggered crash\r\n" within 100ms
      expect "Call Trace:\r\n" within 1s
      expect "stunt_uart]\r\n" within 1s
      expect "Kernel Offset: disabled\r\n" within 1s
    ]])
    vm:sleep("10s")
    fail("the machine has survived")
  end,
}
