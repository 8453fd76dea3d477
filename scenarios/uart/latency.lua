-- SPDX-License-Identifier: GPL-2.0-or-later
-- From the end of the last stop bit until read() has returned. A character alone is told of after a silence of four characters.
-- A peer sends it: a program in the guest would still be busy with that on the one processor.
local peer = require "peer"
local serial = require "serial"

local function latency(vm, baud)
  local rule = vm.uart0:fault { at = "serial.rx", match = { port = 0 }, nth = 1, action = "mark" }
  local receive = serial.begin(vm, "receive --size 1 --mark 7", 0, tostring(baud))
  peer.start(vm, 0, ('line %d; after 20ms; send "A"'):format(baud)):wait()
  vm:wait(receive)
  local arrived = rule:status().first_ns
  local marks = vm:events { device = "link", class = "link.mark" }
  rule:disarm()
  return marks[#marks].time_ns - arrived
end

return scenario {
  summary = "a character alone is read four characters and 300 microseconds after its stop bit at the latest, by rings and by the FIFO",
  machine = { uart0 = { type = "uart", ports = 1 } },
  run = function(vm)
    serial.each_way(vm, function()
      for _, baud in ipairs { 9600, 115200, 4000000 } do
        local silence = 40 * 1000000000 // baud
        expect.between(latency(vm, baud), silence, silence + ns("300us"), baud .. " baud")
      end
    end)
  end,
}
