-- SPDX-License-Identifier: GPL-2.0-or-later
local guest = require "guest"
local peer = require "peer"
local serial = require "serial"

local LINES = 200

-- A line of the kernel's log, as it is on a console.
local function shown(line)
  return ("[%5d.%06d] %s\r\n"):format(line.time_us // 1000000, line.time_us % 1000000, line.text)
end

return scenario {
  summary = "a console's peer has the kernel's log whole and in order: what was said before there was a port, and what is said while programs write",
  machine = { uart0 = { type = "uart", ports = 1 }, cmdline = "console=ttySU0,1000000n8 loglevel=8" },
  run = function(vm)
    guest.write(vm, "/dev/kmsg", "first")
    local p = peer.start(vm, 0, [[
      line 1000000
      expect "Linux version" within 1s
      expect "] first\r\n" within 10s
      expect "console [ttySU0] enabled\r\n" within 10s
    ]])
    vm:insmod("stunt_uart")
    p:wait()

    p = peer.start(vm, 0, 'line 1000000; expect "] last\\r\\n" within 10s; idle 10ms')
    vm:run { "sh", "-c", ("for i in $(seq %d); do echo message $i of many, none of which is short > /dev/kmsg; done; echo last > /dev/kmsg"):format(LINES) }
    p:wait()
    local log = vm:kernel_log("message %d+ of many")
    local text = {}
    for i, line in ipairs(log) do
      text[i] = shown(line)
    end
    expect.equal(#log, LINES)
    expect.is_true(p:heard():find(table.concat(text), 1, true), "all of them, and nothing between them")

    -- a program writes to the same line: what it says and what the kernel says mix, but each comes whole
    p = peer.start(vm, 0, 'line 1000000; expect "] end\\r\\n" within 10s; after 20ms')
    local send = serial.begin(vm, { "send", "--drain", "--text", ("#"):rep(5000) }, 0, "1000000")
    vm:run { "sh", "-c", "for i in 1 2 3 4 5; do echo among others $i > /dev/kmsg; done; echo end > /dev/kmsg" }
    vm:wait(send)
    p:wait()
    local heard, hashes = p:heard():gsub("#", "")
    expect.equal(hashes, 5000)
    for _, line in ipairs(vm:kernel_log("among others")) do
      expect.is_true(heard:find(shown(line), 1, true), line.text)
    end
  end,
}
