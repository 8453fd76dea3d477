-- SPDX-License-Identifier: GPL-2.0-or-later
-- What wakes comes while the guest is on its way to sleep. Either the kernel notices and turns round, or the chipset has it noted
-- and the sleep ends as soon as it has begun. In no case it sleeps on.
local serial = require "serial"

local SECOND = ns("1s")

-- The way down takes some 30 ms; the alarm rings so long after its beginning.
local function alarm_after(vm, delay)
  local rings = (vm:now() // SECOND + 2) * SECOND
  vm:sleep(rings - ns(delay) - vm:now())
  local slept, result = pcall(function() return vm:suspend("s3", { rtc = "1s" }) end)
  if not slept then
    expect.is_true(result:find("the guest did not fall asleep", 1, true) ~= nil, result)
    return "turned round"
  end
  local r = vm:wake("rtc")
  expect.equal({ r.status, r.source, r.woken_ns }, { 0, "rtc", math.max(rings, result.asleep_ns) })
  return result.asleep_ns < rings and "slept" or "woken at once"
end

-- The kernel hears of the button as long as interrupts are served.
local function press(vm)
  local rule = vm.uart0:fault { at = "mmio.write", nth = 1, action = "pause", on_pause = function(there) there:button() end }
  local slept, why = pcall(function() return vm:suspend("s3") end)
  expect.equal(rule:status().fired, 1)
  expect.is_true(not slept)
  expect.is_true(why:find("the guest did not fall asleep", 1, true) ~= nil, why)
end

return scenario {
  summary = "a wake-up that comes while the guest is still falling asleep is not lost",
  machine = { uart0 = serial.card() },
  modules = { "stunt_uart", "button" },
  run = function(vm)
    local seen = {}
    vm:snapshot("awake")
    for _, delay in ipairs { "60ms", "30ms", "25ms", "22ms", "20ms", "18ms", "16ms", "14ms", "12ms", "10ms", "8ms" } do
      vm:rewind("awake")
      local outcome = alarm_after(vm, delay)
      vm:step(("%s: %s"):format(delay, outcome))
      seen[outcome] = (seen[outcome] or 0) + 1
      serial.transfer(vm, "1000000", 500)
    end
    expect.is_true(seen["turned round"] and seen["woken at once"] and seen["slept"], "all three are seen")
    vm:rewind("awake")
    press(vm)
    serial.transfer(vm, "1000000", 500)
  end,
}
