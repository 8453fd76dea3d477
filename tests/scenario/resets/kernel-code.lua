-- SPDX-License-Identifier: GPL-2.0-or-later
-- The kernel patches its own code. Stale translations of it would take other instructions, and so other times.
local tiny = require "lib.tiny"

return scenario {
  summary = "code that the kernel has patched is as it was",
  machine = { dma0 = { type = "dma", bandwidth = 500000 } },
  modules = { "stunt_dma" },
  run = function(vm)
    expect.equal(tiny.sh(vm, "cat /proc/sys/kernel/sched_schedstats"), "0")
    expect.equal(vm:run("stunt-dma copy --size 9").status, 0)
    tiny.sh(vm, "echo 1 > /proc/sys/kernel/sched_schedstats")
    expect.equal(vm:run("stunt-dma copy --size 9").status, 0)
  end,
}
