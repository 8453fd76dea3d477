-- SPDX-License-Identifier: GPL-2.0-or-later
-- A card is to wake the system, and its reason comes while it is falling asleep itself. It says so when that has had its time.
local power = require "power"
local serial = require "serial"

local function fall_asleep(vm)
  return vm:spawn { "sh", "-c", "echo freeze > /sys/power/state" }
end

-- How long it takes from there until the card is told to sleep.
local function lead(vm)
  local since, start = serial.last_event(vm), vm:now()
  local asleep = fall_asleep(vm)
  vm:sleep("200ms")
  serial.ring(vm, 2)
  expect.equal(vm:wait(asleep, { timeout = "1s" }).status, 0)
  return vm:events { device = "uart0", class = "power.enter", state = power.D3HOT, since = since }[1].time_ns - start
end

local function rings_at(vm, time)
  local asleep = fall_asleep(vm)
  vm:sleep(time)
  serial.ring(vm, 2)
  local r = vm:wait(asleep, { timeout = "1s" })
  expect.equal(r.status, 0, r.err)
  expect.equal({ vm.uart0:power().state, vm.uart0:misuse() }, { "D0", 0 })
  serial.transfer(vm, "1000000,rtscts", 1000)
end

return scenario {
  summary = "a modem line that changes while its card falls asleep, or right after, wakes the system",
  machine = { uart0 = serial.card() },
  modules = { "stunt_uart" },
  run = function(vm)
    serial.let_wake(vm, true)
    local hold = serial.begin(vm, "hold --hold-ms 100000000", 2)
    vm:snapshot("awake")
    local before = lead(vm)
    for _, after in ipairs { "1us", "1ms", "5ms", "9ms", "9999us", "10001us", "11ms", "50ms" } do
      vm:rewind("awake")
      vm:step(after .. " after the order to sleep")
      rings_at(vm, before + ns(after))
    end
    serial.stop(vm, hold)
    serial.let_wake(vm, false)
  end,
}
