-- SPDX-License-Identifier: GPL-2.0-or-later
-- The peer is set otherwise than the port: what a wire gives then, and good characters again once it is set right.
local peer = require "peer"
local serial = require "serial"

local function hears(vm, script, line)
  local receive = serial.begin(vm, "receive --hex --size 100 --timeout-ms 500", 0, line .. ",inpck,parmrk")
  local before = serial.counts(vm, 0)
  peer.start(vm, 0, script):wait()
  local seen = vm:wait(receive).out:match("^(%x*)\n")
  local after = serial.counts(vm, 0)
  return seen, after.frame - before.frame, after.parity - before.parity
end

return scenario {
  summary = "a peer with another baud or parity gives framing and parity errors, both ways, and none when it is set right",
  machine = { uart0 = { type = "uart", ports = 1 } },
  modules = { "stunt_uart" },
  run = function(vm)
    local hold = serial.begin(vm, "hold --hold-ms 100000000", 0)
    local right, frame, parity = hears(vm, 'line 9600; send "Hello"', "9600")
    expect.equal({ right, frame, parity }, { "48656c6c6f", 0, 0 })
    local wrong
    wrong, frame = hears(vm, 'line 4800; send "Hello"', "9600")
    expect.not_equal(wrong, right)
    expect.is_true(frame > 0, "zeros where stop bits should be")
    wrong, frame, parity = hears(vm, 'line 9600 8o1; send "Hello"', "9600,8e1")
    expect.equal({ wrong, frame, parity }, { "ff0048ff0065ff006cff006cff006f", 0, 5 }, "every character")
    local odd = peer.start(vm, 0, 'line 9600 8o1; expect exactly "A" within 100ms', { state = "FAILED" })
    serial.run(vm, "send --drain --text A", 0, "9600,8e1")
    vm:sleep("100ms")
    expect.match(odd:state(), '^failed .* byte 0 should be 0x41; came "<parity>A"')
    expect.equal(hears(vm, 'line 9600 8e1; send "Hello"', "9600,8e1"), "48656c6c6f")
    serial.stop(vm, hold)
  end,
}
