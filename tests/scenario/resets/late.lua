-- SPDX-License-Identifier: GPL-2.0-or-later
-- The deadline cuts a transfer.
return scenario {
  summary = "a run that is late is cut, and the next one is whole",
  machine = { dma0 = { type = "dma", bandwidth = 4000000 } },
  modules = { "stunt_dma" },
  deadline = "20ms",
  verdict = "FAIL",
  run = function(vm) vm:run("stunt-dma copy --size 300000") end,
}
