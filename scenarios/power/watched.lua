-- SPDX-License-Identifier: GPL-2.0-or-later
-- Rules that break nothing, on the guest's falling asleep and waking: by S3, where the machine itself tells, and by suspend to idle,
-- where the guest does.
local events = require "events"
local power = require "power"

local CLASSES = { "link.sleep", "link.wake" }
local KINDS = { "s3", "freeze" }

local function sleep(vm)
  for _, kind in ipairs(KINDS) do
    power.sleep(vm, kind, "1s")
  end
end

local function seen(vm, action)
  for _, class in ipairs(CLASSES) do
    local rule = vm.link:fault { id = class, at = class, action = action }
    sleep(vm)
    expect.equal(rule:status().fired, #KINDS, class .. " " .. action)
    rule:disarm()
  end
end

local function stops(vm)
  for _, class in ipairs(CLASSES) do
    local count = 0
    local rule = vm.link:fault { id = class, at = class, action = "pause", on_pause = function()
      local told = vm:events { device = "link", class = class }
      expect.equal(told[#told].time_ns, vm:now(), class .. ": no time has passed since")
      count = count + 1
    end }
    sleep(vm)
    expect.equal(count, #KINDS, class)
    rule:disarm()
  end
end

local function forbids(vm)
  for _, class in ipairs(CLASSES) do
    local rule = vm.link:fault { id = class, at = class, action = "forbid" }
    expect.equal(expect.forbidden(rule, function() sleep(vm) end), #KINDS, class)
    rule:disarm()
  end
end

return scenario {
  summary = "mark, verify, pause and forbid see the guest fall asleep and wake, and change nothing",
  machine = { uart0 = "uart" },
  modules = { "stunt_uart", "button" },
  proves = events.unbroken(CLASSES),
  run = function(vm)
    seen(vm, "mark")
    seen(vm, "verify")
    stops(vm)
    forbids(vm)
  end,
}
