-- SPDX-License-Identifier: GPL-2.0-or-later
-- A rule that breaks nothing, on every class of events that there is, all at once.
local provoke = require "provoke"

return scenario {
  summary = "mark sees an event of every class, and changes nothing",
  machine = provoke.machine(),
  proves = provoke.proofs("mark", "nothing: nothing is broken"),
  oracle = { misuse = { dma0 = true } },
  run = function(vm)
    local rules = { vm.link:fault { at = "link.ask", action = "mark" }, vm.link:fault { at = "link.mark", action = "mark" } }
    for _, class in ipairs(provoke.classes()) do
      rules[#rules + 1] = vm[provoke.device(class)]:fault { id = class, at = class, action = "mark" }
    end
    provoke.mark(vm)
    provoke.all(vm)
    for _, rule in ipairs(rules) do
      local status = rule:status()
      expect.is_true(status.fired > 0, status.id)
      expect.equal(status.fired, status.matched, status.id)
    end
  end,
}
