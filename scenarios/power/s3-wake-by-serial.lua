-- SPDX-License-Identifier: GPL-2.0-or-later
-- The card has no power; what watches its lines has.
local peer = require "peer"
local serial = require "serial"

local function asleep(vm, wake)
  vm:suspend("s3")
  vm:sleep("1s")
  expect.equal(vm.uart0:power().state, "D3cold")
  local at = vm:now()
  wake()
  return at
end

local function rings(vm)
  local at = asleep(vm, function() serial.ring(vm, 2) end)
  local r = vm:wake()
  expect.equal({ r.status, r.source, r.woken_ns }, { 0, "pme", at })
end

local function lost(vm)
  local rule = vm.uart0:fault { at = "power.pme", nth = 1, action = "drop" }
  asleep(vm, function() serial.ring(vm, 2) end)
  vm:sleep("60s")
  expect.equal({ vm.uart0:power().state, rule:status().fired }, { "D3cold", 1 })
  expect.equal(vm:wake("button").source, "button")
  rule:disarm()
end

local function late(vm)
  local rule = vm.uart0:fault { at = "power.pme", nth = 1, action = "delay", params = { ns = "30ms" } }
  local at = asleep(vm, function() serial.ring(vm, 2) end)
  local r = vm:wake()
  expect.equal({ r.source, r.woken_ns }, { "pme", at + ns("30ms") })
  rule:disarm()
end

-- The character that wakes is lost with the card's context, those that come when it has been set up again are not.
local function character(vm)
  local receive = serial.begin(vm, "receive --hex --size 2 --timeout-ms 5000", 3, "9600")
  local far = peer.start(vm, 3, [[ line 9600; after 1500ms; send "A"; after 2s; send "BC" ]])
  vm:suspend("s3")
  expect.equal(vm:wake().source, "pme")
  far:wait()
  expect.equal(vm:wait(receive).out:match("^(%x*)"), "4243")
end

return scenario {
  summary = "a ringing modem or a start bit wakes the system from S3; a WAKE# that is lost does not, and a card whose wakeup is disabled neither",
  machine = { uart0 = serial.card { pme = "D3hot,D3cold" } },
  modules = { "stunt_uart" },
  deadline = "300s",
  proves = { ["power.pme drop"] = "from D3cold: nothing is sent again, the system sleeps on" },
  run = function(vm)
    serial.let_wake(vm, true)
    local hold = serial.begin(vm, "hold --hold-ms 100000000", 2)
    rings(vm)
    serial.asleep(vm, function() serial.ring(vm, 2) end) -- with power again, by a message
    lost(vm)
    late(vm)
    character(vm)
    serial.let_wake(vm, false)
    asleep(vm, function() serial.ring(vm, 2) end)
    vm:sleep("60s")
    expect.equal(vm:wake("button").source, "button")
    serial.stop(vm, hold)
    serial.transfer(vm, "1000000,rtscts", 5000)
    expect.equal(vm.uart0:misuse(), 0)
  end,
}
