-- SPDX-License-Identifier: GPL-2.0-or-later
-- The system goes to sleep under requests in work, once for each event of theirs.
local halted = require "halted"
local power = require "power"

return scenario {
  summary = "a suspend at any event of requests in work neither loses, doubles nor spoils any of them",
  machine = halted.machine,
  modules = { "stunt_dma" },
  catches = { "restart_halfway" },
  deadline = "300s",
  run = function(vm) halted.sweep(vm, power.down_and_up) end,
}
