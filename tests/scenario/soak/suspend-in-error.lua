-- SPDX-License-Identifier: GPL-2.0-or-later
local transition = require "transition"

return scenario {
  summary = "a suspend at any event of a recovery from an error is refused or done, and the recovery comes to its end",
  machine = transition.machine,
  modules = transition.modules,
  oracle = { misuse = { dma0 = true } }, -- see transition.outcome()
  outcomes = { "ok", "sleep refused" },
  deadline = "600s",
  run = function(vm)
    for _, name in ipairs { "nonfatal error", "fatal error" } do
      transition.suspended(vm, name, 1)
      transition.suspended(vm, name, 1, true)
    end
  end,
}
