-- SPDX-License-Identifier: GPL-2.0-or-later
-- As suspend-at-every-event, and main power goes each time.
local halted = require "halted"
local power = require "power"

return scenario {
  summary = "S3 at any event of requests in work, and all of them are done when the system is awake again",
  machine = halted.machine,
  modules = { "stunt_dma" },
  catches = { "restart_halfway" },
  deadline = "300s",
  run = function(vm)
    halted.sweep(vm, function() power.sleep(vm, "s3", "1s") end)
  end,
}
