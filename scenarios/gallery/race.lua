-- SPDX-License-Identifier: GPL-2.0-or-later
-- Race. The interrupt comes at the same instruction in every run, because time is virtual.
local gallery = require "gallery"

return scenario {
  summary = "a list that a process and an interrupt handler change without a lock is found broken",
  machine = { dma0 = "dma" },
  oracle = { expect = { { kind = "list", pattern = "list_(add|del) corruption", count = true } } },
  run = function(vm)
    gallery.needs_debug_kernel(vm)
    expect.equal(gallery.commit(vm, "race").status, 0, "and the driver goes on as if nothing were")
  end,
}
