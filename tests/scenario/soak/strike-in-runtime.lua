-- SPDX-License-Identifier: GPL-2.0-or-later
local transition = require "transition"

return scenario {
  summary = "an unbind or a reset begun at any event of a device's going to sleep by itself, or waking: it is done, and the device sleeps and works on",
  machine = { dma0 = "dma" },
  modules = { "stunt_dma" },
  deadline = "600s",
  run = function(vm) transition.in_runtime(vm, { "unbind", "function reset", "bus reset" }, 1) end,
}
