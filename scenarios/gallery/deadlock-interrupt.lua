-- SPDX-License-Identifier: GPL-2.0-or-later
-- Deadlock of a process and the interrupt that comes on top of it.
local gallery = require "gallery"

return scenario {
  summary = "a lock that is taken in an interrupt, too, and held with interrupts on, is named by lockdep",
  machine = { dma0 = "dma" },
  oracle = { expect = { { kind = "lockdep", pattern = "inconsistent lock state" } } },
  run = function(vm)
    gallery.needs_debug_kernel(vm)
    expect.equal(gallery.commit(vm, "deadlock-interrupt").status, 0, "the two did not meet")
  end,
}
