-- SPDX-License-Identifier: GPL-2.0-or-later
-- The system goes to sleep while the device is unbound and bound again, or reset. At each event:
-- tests/scenario/soak/suspend-in-transition.lua.
local transition = require "transition"

return scenario {
  summary = "a suspend in the middle of an unbind or a reset: both are done, whoever had work knows what became of it, and the device works",
  machine = transition.machine,
  modules = transition.modules,
  deadline = "600s",
  run = function(vm)
    for _, name in ipairs { "unbind", "function reset", "bus reset" } do
      transition.suspended(vm, name, 13, true)
    end
  end,
}
