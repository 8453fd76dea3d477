-- SPDX-License-Identifier: GPL-2.0-or-later
-- Leak of an interrupt.
local gallery = require "gallery"

return scenario {
  summary = "an interrupt handler that is not taken back is found when the driver goes",
  machine = { dma0 = "dma" },
  oracle = { expect = { { pattern = "irq", count = true } } },
  run = function(vm)
    expect.equal(gallery.commit(vm, "leak-interrupt").status, 0)
    gallery.unbind(vm)
  end,
}
