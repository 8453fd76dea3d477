-- SPDX-License-Identifier: GPL-2.0-or-later
-- Illegal instruction.
local gallery = require "gallery"

return scenario {
  summary = "an instruction that no processor has ends the process, and the report has file and line",
  machine = { dma0 = "dma" },
  oracle = { expect = { { kind = "bug", pattern = "kernel BUG at .*gallery/illegal.c" } } },
  run = function(vm)
    expect.is_true(gallery.commit(vm, "illegal-instruction").status ~= 0, "the process died of it")
  end,
}
