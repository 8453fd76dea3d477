-- SPDX-License-Identifier: GPL-2.0-or-later
-- The far end of a port's line, as a script that runs in the device: its steps are told in docs/devices/uart.md.
local guest = require "guest"

local peer = {}
local Peer = {}
Peer.__index = Peer

local FIRST = 8 -- in events the peer of port N is port 8 + N
local started = 0

-- Starts a script, in place of an older one. A run in which it does not come to its end is INVALID; `more.state` is another
-- end that it is to take, "FAILED" or "ENDED_EARLY".
function peer.start(vm, port, script, more)
  local p = setmetatable({ vm = vm, port = FIRST + port, name = ("port%d.peer"):format(port) }, Peer)
  started = started + 1
  p.rule = vm.uart0:fault { id = ("peer%d-%d"):format(port, started), at = "serial.peer", nth = 1, action = "mark",
    match = { port = p.port, state = vm.uart0.PEER[more and more.state or "DONE"] } }
  vm.uart0:set(p.name, script)
  return p
end

-- What it is doing, in words; the first is running, done, failed or ended-early.
function Peer:state()
  return self.vm.uart0:get(self.name .. "-state")
end

-- Lets the guest run until the script has come to any end, and gives its state.
function Peer:ended(limit)
  guest.until_true(self.vm, self.name .. ": " .. self:state(), limit or "60s", function()
    return not self:state():match("^running")
  end, "1ms")
  return self:state()
end

-- Lets the guest run until the script is done; any other end of it is a FAIL with the peer's words.
function Peer:wait(limit)
  local state = self:ended(limit)
  if not state:match("^done") then
    fail(("%s %s"):format(self.name, state))
  end
end

-- All that came since the script began.
function Peer:heard()
  local bytes = self.vm.uart0:get(self.name .. "-heard"):gsub("%x%x", function(hex) return string.char(tonumber(hex, 16)) end)
  return bytes
end

-- What happened at its end of the line.
function Peer:events(class, more)
  local query = { device = "uart0", class = class, port = self.port }
  for key, value in pairs(more or {}) do
    query[key] = value
  end
  return self.vm:events(query)
end

return peer
