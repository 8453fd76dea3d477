-- SPDX-License-Identifier: GPL-2.0-or-later
local serial = require "serial"
local traffic = require "traffic"

return scenario {
  summary = "an hour of random settings, speeds and pauses, both ways, with flow control: no byte is lost, doubled or elsewhere",
  machine = { uart0 = serial.card() },
  deadline = "2h",
  run = function(vm)
    traffic.run(vm, "1h")
  end,
}
