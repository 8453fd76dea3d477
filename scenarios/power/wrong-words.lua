-- SPDX-License-Identifier: GPL-2.0-or-later
-- What a script must not say of sleep, and what it is told then.
local serial = require "serial"

local function refused(words, f, ...)
  local good, why = pcall(f, ...)
  expect.is_true(not good, words)
  expect.is_true(why:find(words, 1, true) ~= nil, ("'%s' in: %s"):format(words, why))
end

return scenario {
  summary = "a word of sleep that cannot be is an error that says what can",
  machine = { uart0 = serial.card(), com0 = "uartisa" },
  modules = { "stunt_uart", "button" },
  run = function(vm)
    refused('vm:suspend: there is no \'s4\' (there is: "s3", "freeze")', vm.suspend, vm, "s4")
    refused("vm:suspend: there is no 'nil'", vm.suspend, vm)
    refused('vm:suspend: test: there is no \'half\' (there is: "freezer", "devices", "platform", "processors", "core")', vm.suspend, vm,
      "s3", { test = "half" })
    refused("vm:suspend: unknown field 'tets'", vm.suspend, vm, "s3", { tets = "core" })
    refused("rtc is in whole seconds, less than a day", vm.suspend, vm, "s3", { rtc = "1500ms" })
    refused("rtc is in whole seconds, less than a day", vm.suspend, vm, "s3", { rtc = "24h" })
    refused('rtc wakes from "s3" only', vm.suspend, vm, "freeze", { rtc = "1s" })
    refused("vm:wake: the guest does not sleep", vm.wake, vm, "button")
    refused("com0 has no power states", vm.com0.power, vm.com0)

    vm:suspend("s3")
    refused("vm:suspend: the guest sleeps already", vm.suspend, vm, "s3")
    refused('vm:wake: there is no \'bell\' (there is: "button", "rtc")', vm.wake, vm, "bell")
    vm:wake("button")
    refused("vm:wake: the guest does not sleep", vm.wake, vm)

    vm.uart0:fault { at = "mmio.write", nth = 1, action = "pause", on_pause = function(there) there:button() end }
    refused("the guest did not fall asleep: sh: write error: Device or resource busy", vm.suspend, vm, "s3")
  end,
}
