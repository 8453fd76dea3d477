-- SPDX-License-Identifier: GPL-2.0-or-later
-- Invalid memory access: one byte too far.
local gallery = require "gallery"

return scenario {
  summary = "a write behind the end of a buffer is found where it happens",
  machine = { dma0 = "dma" },
  oracle = { expect = { { kind = "kasan", pattern = "slab-out-of-bounds in memory_out_of_bounds" } } },
  run = function(vm)
    gallery.needs_debug_kernel(vm)
    expect.equal(gallery.commit(vm, "out-of-bounds").status, 0, "it harmed nobody, this time")
  end,
}
