-- SPDX-License-Identifier: GPL-2.0-or-later
-- The device meets an error while the system goes to sleep or wakes, with a job in work. At each event:
-- tests/scenario/soak/error-in-suspend.lua.
local transition = require "transition"

return scenario {
  summary = "an error at an event of a suspend or a resume: the system sleeps or refuses to, and the device works again in the end",
  machine = transition.machine,
  modules = transition.modules,
  catches = { "no_restore" },
  oracle = { misuse = { dma0 = true } }, -- see transition.outcome()
  outcomes = { "ok", "sleep refused" },
  deadline = "600s",
  run = function(vm)
    for _, name in ipairs { "nonfatal error", "fatal error" } do
      transition.struck(vm, name, 9)
    end
  end,
}
