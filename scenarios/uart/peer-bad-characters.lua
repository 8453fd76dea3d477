-- SPDX-License-Identifier: GPL-2.0-or-later
local peer = require "peer"
local serial = require "serial"

local SCRIPT = [[
  line 115200 8e1
  send "AB"; frame 0x43 parity-wrong; send "D"; frame 0x45 framing-wrong; send "FG"
  frame 0x48 parity-wrong framing-wrong
  frame 0x49 parity-wrong
  send "J"; break 5ms; after 1ms; send "K"
]]

return scenario {
  summary = "a peer's bad characters and breaks are marked at their place and counted one by one; it hears the port's break",
  machine = { uart0 = { type = "uart", ports = 1 } },
  run = function(vm)
    serial.each_way(vm, function()
      local hold = serial.begin(vm, "hold --hold-ms 100000000", 0)
      local receive = serial.begin(vm, "receive --hex --size 100 --timeout-ms 500", 0, "115200,8e1,inpck,parmrk")
      local before = serial.counts(vm, 0)
      peer.start(vm, 0, SCRIPT):wait()
      expect.equal(vm:wait(receive).out:match("^(%x*)\n"), "4142ff004344ff00454647ff0048ff00494aff00004b")
      local after = serial.counts(vm, 0)
      expect.equal({ after.parity - before.parity, after.frame - before.frame, after.brk - before.brk }, { 3, 1, 1 })
      local hears = peer.start(vm, 0, "line 115200; expect break within 1s; expect exactly \"!\" within 1s")
      serial.run(vm, "break --hold-ms 10", 0, "115200,8n1")
      serial.run(vm, "send --drain --text !", 0, "115200,8n1")
      hears:wait()
      serial.stop(vm, hold)
    end)
  end,
}
