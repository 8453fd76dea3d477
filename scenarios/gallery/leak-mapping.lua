-- SPDX-License-Identifier: GPL-2.0-or-later
-- Leak of a mapping.
local gallery = require "gallery"

return scenario {
  summary = "a mapping for DMA that outlives its driver is found when the driver goes",
  machine = { dma0 = "dma" },
  oracle = { expect = { { kind = "dma-api", pattern = "device driver has pending DMA allocations while released from device" } } },
  run = function(vm)
    gallery.needs_debug_kernel(vm)
    expect.equal(gallery.commit(vm, "leak-mapping").status, 0)
    expect.equal(gallery.unbind(vm).status, 0)
  end,
}
