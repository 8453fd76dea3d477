-- SPDX-License-Identifier: GPL-2.0-or-later
-- A forbidden event of any class is seen at once. Here it is meant to happen, so the run goes on.
local provoke = require "provoke"

return scenario {
  summary = "forbid sees an event of any class; where the script expects it, the run goes on",
  machine = provoke.machine(),
  proves = provoke.proofs("forbid", "nothing: the run would fail at once"),
  oracle = { misuse = { dma0 = true } },
  run = function(vm)
    provoke.each(vm, function(class, happen)
      local rule = vm[provoke.device(class)]:fault { id = class, at = class, nth = 1, action = "forbid" }
      expect.equal(expect.forbidden(rule, happen), 1, class)
      expect.equal(rule:status().fired, 1, class)
    end)
    local ask = vm.link:fault { at = "link.ask", nth = 1, action = "forbid" }
    expect.forbidden(ask, function() vm:run("true") end)
    local mark = vm.link:fault { at = "link.mark", nth = 1, action = "forbid" }
    expect.forbidden(mark, function() provoke.mark(vm) end)
    vm:run("stunt-dma copy")
  end,
}
