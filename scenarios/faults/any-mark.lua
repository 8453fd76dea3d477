-- SPDX-License-Identifier: GPL-2.0-or-later
-- A rule that breaks nothing, on every class of events that there is, all at once.
local provoke = require "provoke"

return scenario {
  summary = "mark sees an event of every class, and changes nothing",
  machine = provoke.machine(),
  proves = provoke.proofs("mark", "nothing: nothing is broken"),
  oracle = { misuse = { dma0 = true } },
  run = function(vm) provoke.watch(vm, "mark") end,
}
