-- SPDX-License-Identifier: GPL-2.0-or-later
local transition = require "transition"

return scenario {
  summary = "an error at any event of a suspend and a resume: the system sleeps or refuses to, and the device works again in the end",
  machine = transition.machine,
  modules = transition.modules,
  oracle = { misuse = { dma0 = true } }, -- see transition.outcome()
  outcomes = { "ok", "sleep refused" },
  deadline = "600s",
  run = function(vm)
    for _, name in ipairs { "nonfatal error", "fatal error" } do
      transition.struck(vm, name, 1)
    end
  end,
}
