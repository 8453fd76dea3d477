-- SPDX-License-Identifier: GPL-2.0-or-later
-- The peer is a debugger: packets are those of gdb's remote protocol, $DATA#SUM, answered by + and -.
local kernel = require "kernel"
local peer = require "peer"
local serial = require "serial"

return scenario {
  summary = "the kernel's debugger talks by polling the port, with everything else standing still, and the kernel goes on when it is told to",
  machine = { uart0 = { type = "uart", ports = 1 } },
  modules = { "stunt_uart" },
  run = function(vm)
    if not kernel.is_debug(vm) then
      skip("Debian's kernel has no kgdb: ./stunt run --kernel debug uart/console-kgdb")
    end
    local hold = serial.begin(vm, "hold --hold-ms 100000000", 0, "115200")
    serial.write(vm, "/sys/module/kgdboc/parameters/kgdboc", "ttySU0")
    local debugger = peer.start(vm, 0, [[
      after 500ms
      send "$?#3f"; expect "+$S05#b8" within 2s; send "+"
      send "$m0,4#fd"; expect "+$E" within 2s; expect "#" within 2s; send "+"
      send "$qC#b4"; expect "+$QC" within 2s; expect "#" within 2s; send "+"
      send "$nonsense#00"; expect "-" within 2s
      send "$D#44"; expect "+$OK#9a" within 2s; send "+"
    ]])
    local before = vm:now()
    serial.write(vm, "/proc/sysrq-trigger", "g")
    expect.is_true(vm:now() - before > ns("500ms"), "the kernel stood still meanwhile")
    debugger:wait()
    serial.write(vm, "/sys/module/kgdboc/parameters/kgdboc", "\n")
    serial.stop(vm, hold)
  end,
}
