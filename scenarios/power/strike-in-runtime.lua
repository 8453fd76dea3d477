-- SPDX-License-Identifier: GPL-2.0-or-later
-- The device is unbound or reset from the guest while it goes to sleep by itself, or wakes for a job. At each event:
-- tests/scenario/soak/strike-in-runtime.lua.
local transition = require "transition"

return scenario {
  summary = "an unbind or a reset begun while a device goes to sleep by itself, or wakes: it is done, and the device sleeps and works on",
  machine = { dma0 = "dma" },
  modules = { "stunt_dma" },
  catches = { "touch_in_reset" },
  deadline = "600s",
  run = function(vm) transition.in_runtime(vm, { "unbind", "function reset", "bus reset" }, 9) end,
}
