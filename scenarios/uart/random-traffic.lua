-- SPDX-License-Identifier: GPL-2.0-or-later
local serial = require "serial"
local traffic = require "traffic"

return scenario {
  summary = "two minutes of random settings, speeds and pauses, both ways, with flow control: no byte is lost, doubled or elsewhere",
  machine = { uart0 = serial.card() },
  deadline = "10min",
  run = function(vm)
    traffic.run(vm, "2min")
  end,
}
