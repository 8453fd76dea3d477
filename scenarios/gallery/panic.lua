-- SPDX-License-Identifier: GPL-2.0-or-later
-- Deliberate panic.
local gallery = require "gallery"

return scenario {
  summary = "a driver that takes the machine down with it is named",
  machine = { dma0 = "dma" },
  oracle = { expect = { { kind = "panic", pattern = "stunt_gallery: status 0xdead makes no sense" } } },
  run = function(vm)
    gallery.commit(vm, "panic")
    fail("the machine has survived")
  end,
}
