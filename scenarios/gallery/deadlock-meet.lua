-- SPDX-License-Identifier: GPL-2.0-or-later
-- Deadlock that happens: two tasks wait for each other, and the kernel tells of tasks that do not get on.
local gallery = require "gallery"

return scenario {
  summary = "two tasks that hold what the other wants are found hanging",
  machine = { dma0 = "dma" },
  oracle = {
    expect = { { kind = "hung-task", pattern = "deadlock_(one_way|meet)", count = true } },
    allow = { "possible circular locking dependency" }, -- the debug kernel saw it coming
  },
  run = function(vm)
    gallery.sysctl(vm, "hung_task_timeout_secs", 5)
    gallery.start(vm, "deadlock-meet")
    vm:sleep("12s")
    expect.kernel_log("task gallery:", "the one")
    expect.kernel_log("task sh:", "and the other")
  end,
}
