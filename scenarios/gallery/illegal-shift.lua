-- SPDX-License-Identifier: GPL-2.0-or-later
-- Illegal operand that the processor takes.
local gallery = require "gallery"

return scenario {
  summary = "a shift by more than there are bits is found",
  machine = { dma0 = "dma" },
  oracle = { expect = { { kind = "ubsan", pattern = "shift exponent 40 is too large for 32-bit type" } } },
  run = function(vm)
    gallery.needs_debug_kernel(vm)
    expect.equal(gallery.commit(vm, "illegal-shift").status, 0, "and some number came out of it")
  end,
}
