-- SPDX-License-Identifier: GPL-2.0-or-later
local power = require "power"
local serial = require "serial"

return scenario {
  summary = "a thousand rounds of S3 take the same virtual time each, and leave nothing behind",
  machine = { dma0 = "dma", uart0 = serial.card() },
  modules = { "stunt_dma", "stunt_uart" },
  deadline = "10000s",
  run = function(vm) power.rounds(vm, 1000) end,
}
