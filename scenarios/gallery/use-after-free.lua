-- SPDX-License-Identifier: GPL-2.0-or-later
-- Invalid memory access: a completion that comes late.
local gallery = require "gallery"

return scenario {
  summary = "a write to memory that was freed is found where it happens",
  machine = { dma0 = "dma" },
  oracle = { expect = { { kind = "kasan", pattern = "(slab-)?use-after-free in memory_use_after_free" } } },
  run = function(vm)
    gallery.needs_debug_kernel(vm)
    expect.equal(gallery.commit(vm, "use-after-free").status, 0, "it harmed nobody, this time")
  end,
}
