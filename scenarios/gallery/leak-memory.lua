-- SPDX-License-Identifier: GPL-2.0-or-later
-- Leak of memory.
local gallery = require "gallery"

return scenario {
  summary = "memory that nobody points to any more is found by kmemleak",
  machine = { dma0 = "dma" },
  oracle = { expect = { { kind = "memory-leak" } } },
  run = function(vm)
    gallery.needs_debug_kernel(vm)
    for _ = 1, 3 do
      expect.equal(gallery.commit(vm, "leak-memory").status, 0)
      vm:rmmod("stunt_gallery")
    end
    vm:insmod("stunt_gallery")
    vm:sleep("6s") -- what is younger may still be on its way to a pointer
    for _ = 1, 2 do -- the first scan notes what the memory holds, the second one that it is still the same
      vm:put("/sys/kernel/debug/kmemleak", "scan")
    end
    local leaks = vm:get("/sys/kernel/debug/kmemleak")
    local _, count = leaks:gsub("leak_memory", "")
    expect.equal(count, 3, leaks)
    expect.match(leaks, "size 1024")
  end,
}
