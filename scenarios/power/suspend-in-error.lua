-- SPDX-License-Identifier: GPL-2.0-or-later
-- The system goes to sleep while the device is in error and being recovered. At each event: tests/scenario/soak/suspend-in-error.lua.
local transition = require "transition"

return scenario {
  summary = "a suspend in the middle of a recovery from an error is refused or done, and the recovery comes to its end",
  machine = transition.machine,
  modules = transition.modules,
  catches = { "no_error_detected", "no_restore" },
  oracle = { misuse = { dma0 = true } }, -- see transition.outcome()
  outcomes = { "ok", "sleep refused" },
  deadline = "600s",
  run = function(vm)
    for _, name in ipairs { "nonfatal error", "fatal error" } do
      transition.suspended(vm, name, 7)
      transition.suspended(vm, name, 13, true)
    end
  end,
}
