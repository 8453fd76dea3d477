-- SPDX-License-Identifier: GPL-2.0-or-later
-- Deadlock, before it happens.
local gallery = require "gallery"

return scenario {
  summary = "two locks that are taken in both orders are named by lockdep, although nothing hung",
  machine = { dma0 = "dma" },
  oracle = { expect = { { kind = "lockdep", pattern = "deadlock_ring.*at: deadlock_order" } } },
  run = function(vm)
    gallery.needs_debug_kernel(vm)
    expect.equal(gallery.commit(vm, "deadlock-order").status, 0, "nobody waited for anybody")
  end,
}
