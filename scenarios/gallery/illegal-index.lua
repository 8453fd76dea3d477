-- SPDX-License-Identifier: GPL-2.0-or-later
-- Illegal operand that C leaves undefined.
local gallery = require "gallery"

return scenario {
  summary = "an index behind the end of a table is found",
  machine = { dma0 = "dma" },
  oracle = { expect = {
    { kind = "ubsan", pattern = "index 4 is out of range" },
    { kind = "kasan", pattern = "global-out-of-bounds in illegal_index" },
  } },
  run = function(vm)
    gallery.needs_debug_kernel(vm)
    expect.equal(gallery.commit(vm, "illegal-index").status, 0, "and some number came out of it")
  end,
}
