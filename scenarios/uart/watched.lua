-- SPDX-License-Identifier: GPL-2.0-or-later
-- Rules that break nothing, on what only this card has. On a line one character is one event, whatever the reader sees.
local events = require "events"
local peer = require "peer"
local serial = require "serial"

local function send(vm)
  local mark = serial.last_event(vm)
  expect.equal(serial.seen(vm, "send --drain --text ABCDE", "115200", "115200", 16), "4142434445")
  serial.run(vm, "lines --words -rts,-dtr", 0, "115200") -- they go on again when the port is opened
  peer.start(vm, 2, 'send "A"; after 1us')
  peer.start(vm, 3, 'send "A"; after 2us'):wait()
  return mark
end

-- The machine stands while the script lets it ring.
local function wake(vm)
  local hold = serial.begin(vm, "hold --hold-ms 100000000", 4)
  serial.asleep(vm, function() serial.ring(vm, 4) end)
  serial.stop(vm, hold)
end

local CLASSES = { "serial.tx", "serial.rx", "serial.line", "serial.peer", "power.pme" }
local PROVOKE = { send, send, send, send, wake }
local AT_LEAST = { 5, 5, 2, 2, 1 }

local function rules(vm, action, more)
  local list = {}
  for i, class in ipairs(CLASSES) do
    local fields = { id = action .. i, at = class, action = action }
    for key, value in pairs(more or {}) do
      fields[key] = value
    end
    list[i] = vm.uart0:fault(fields)
  end
  return list
end

local function disarm(list)
  for _, rule in ipairs(list) do
    rule:disarm()
  end
end

local function each_is_seen(vm, action)
  local list = rules(vm, action)
  local since = send(vm)
  wake(vm)
  for i, class in ipairs(CLASSES) do
    local status = list[i]:status()
    expect.equal(status.fired, #vm:events { device = "uart0", class = class, since = since }, class .. " " .. action)
    expect.is_true(status.fired >= AT_LEAST[i], class .. " " .. action)
  end
  disarm(list)
end

local function stops(vm)
  for i, class in ipairs(CLASSES) do
    local count = 0
    local rule = vm.uart0:fault { id = "stop", at = class, nth = AT_LEAST[i], action = "pause", on_pause = function()
      local seen = vm:events { device = "uart0", class = class }
      expect.equal(seen[#seen].time_ns, vm:now(), class .. ": no time has passed since")
      count = count + 1
    end }
    PROVOKE[i](vm)
    expect.equal(count, 1, class)
    rule:disarm()
  end
end

local function forbids(vm)
  for i, class in ipairs(CLASSES) do
    local rule = vm.uart0:fault { id = "forbidden", at = class, nth = 1, action = "forbid" }
    expect.equal(expect.forbidden(rule, function() PROVOKE[i](vm) end), 1, class)
    rule:disarm()
  end
end

return scenario {
  summary = "mark, verify, pause and forbid see each character, each line that moves, each script that ends, each wake-up, and change nothing",
  machine = { uart0 = serial.card() },
  modules = { "stunt_uart" },
  proves = events.unbroken(CLASSES),
  run = function(vm)
    serial.let_wake(vm, true)
    each_is_seen(vm, "mark")
    each_is_seen(vm, "verify")
    stops(vm)
    forbids(vm)
    serial.let_wake(vm, false)
  end,
}
