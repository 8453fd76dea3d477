-- SPDX-License-Identifier: GPL-2.0-or-later
-- A peer that keeps the rules is held by a slow reader, and holds the driver while it does not read itself.
local peer = require "peer"
local serial = require "serial"

-- Without the characters of flow control in it.
local TEXT = ("the quick brown fox jumps over the lazy dog, "):rep(150)
-- More than tty and ring take: then the port's own flow control has to hold the peer.
local SIZE = 30000

local SCRIPT = [[
  line 4000000 8n1 %s
  after 5ms
  send %s
  hold 600ms
  expect exactly %s within 2s
  idle 10ms
]]

-- What goes over the line, for stunt-serial and for a peer.
local text = { size = #TEXT, send = { "--text", TEXT }, step = ('"%s"'):format(TEXT) }
local bytes = { size = SIZE, send = { "--size", tostring(SIZE), "--seed", "5" }, step = ("%d seed 5"):format(SIZE) }

local function both_ways(vm, flow, data)
  local before = vm.uart0:peek("P_OVERRUNS", 0)
  local since = serial.last_event(vm)
  local line = "4000000," .. (flow == "xonxoff" and "ixon,ixoff" or flow)
  local receive = serial.begin(vm, ("receive --size %d --timeout-ms 2000 --pause-ms 5 --chunk 500"):format(data.size), 0, line)
  local p = peer.start(vm, 0, SCRIPT:format(flow, data.step, data.step))
  local r = vm:wait(receive)
  local send = serial.run(vm, { "send", "--drain", table.unpack(data.send) }, 0, line)
  expect.equal({ r.values.bytes, r.values.sum }, { data.size, send.values.sum }, flow .. ": " .. r.out)
  p:wait()
  expect.equal(vm.uart0:peek("P_OVERRUNS", 0), before, "nothing is lost")
  return since
end

return scenario {
  summary = "with RTS/CTS and XON/XOFF nothing is lost in either direction, by rings and without",
  machine = { uart0 = { type = "uart", ports = 1 } },
  run = function(vm)
    serial.each_way(vm, function()
      local since = both_ways(vm, "rtscts", bytes)
      for _, port in ipairs { 0, 8 } do
        expect.event { device = "uart0", class = "serial.line", port = port, line = "RTS", level = 0, since = since,
          message = "each has held the other" }
      end
      both_ways(vm, "xonxoff", text)
    end)
  end,
}
