-- SPDX-License-Identifier: GPL-2.0-or-later
local serial = require "serial"

local FRAME_NS = 10000

-- How many characters port 1 had received at a time, of a stream without a gap.
local function received(vm, time, since)
  local n = 0
  for _, event in ipairs(vm:events { device = "uart0", class = "serial.rx", port = 1, since = since }) do
    n = n + event.fields.count
    if event.fields.ns > time then
      return n - (event.fields.ns - time + FRAME_NS - 1) // FRAME_NS
    end
  end
end

-- Noise of every character, in the middle of a transfer: what was on the line earlier is not hit.
local function begins(vm)
  local receive = serial.begin(vm, "receive --size 20000 --timeout-ms 500", 1, "1000000")
  local since = serial.last_event(vm)
  local send = serial.begin(vm, "send --size 20000 --drain", 0, "1000000")
  vm:sleep("7ms")
  local from = vm:now()
  vm.uart0:set("noise", 1000000)
  vm:wait(send)
  local at = vm:wait(receive).values.at
  vm.uart0:set("noise", 0)
  local before = received(vm, from, since)
  expect.between(at, before - 1, before + 1, "the first that is damaged")
end

return scenario {
  summary = "noise of one character in a hundred is seen by parity, to the character, and without it nobody knows",
  machine = { uart0 = serial.card() },
  modules = { "stunt_uart" },
  run = function(vm)
    local hold = serial.begin(vm, "hold --hold-ms 100000000", 1)
    vm.uart0:set("noise", 10000)
    for line, errors in pairs { ["115200,8e1"] = true, ["115200,8n1"] = false } do
      local before = serial.counts(vm, 1).parity
      local receive = serial.begin(vm, "receive --size 20000 --timeout-ms 500", 1, line)
      serial.run(vm, "send --size 20000 --drain", 0, line)
      local r = vm:wait(receive)
      expect.equal({ r.values.bytes, r.values.data }, { 20000, "wrong" })
      local n = serial.counts(vm, 1).parity - before
      expect.between(n, errors and 150 or 0, errors and 250 or 0, line)
    end
    expect.equal(serial.counts(vm, 1).parity, vm.uart0:peek("P_PARITY_ERRORS", 1))
    vm.uart0:set("noise", 0)
    serial.transfer(vm, "115200,8e1", 5000)
    begins(vm)
    serial.stop(vm, hold)
  end,
}
