-- SPDX-License-Identifier: GPL-2.0-or-later
-- Invalid memory access that every kernel sees.
local gallery = require "gallery"

return scenario {
  summary = "a pointer that was never set ends the process, and the oops names the function",
  machine = { dma0 = "dma" },
  oracle = { expect = { { kind = "oops", pattern = "RIP: .*memory_null" } } },
  run = function(vm)
    expect.is_true(gallery.commit(vm, "null-pointer").status ~= 0, "the process died of it")
  end,
}
