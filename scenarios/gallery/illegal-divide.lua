-- SPDX-License-Identifier: GPL-2.0-or-later
-- Illegal operand that the processor refuses.
local gallery = require "gallery"

return scenario {
  summary = "a division by what the device said ends the process",
  machine = { dma0 = "dma" },
  oracle = { expect = { { kind = "oops", pattern = "divide error" } } },
  run = function(vm)
    expect.is_true(gallery.commit(vm, "illegal-divide").status ~= 0, "the process died of it")
  end,
}
