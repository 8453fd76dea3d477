-- SPDX-License-Identifier: GPL-2.0-or-later
-- Blocking in the primary interrupt context, with an interrupt of the device.
local gallery = require "gallery"

return scenario {
  summary = "an interrupt handler that takes a mutex is found at its first interrupt, although nobody had the mutex",
  machine = { dma0 = "dma" },
  oracle = { expect = {
    { kind = "sleep-in-atomic", pattern = "sleep_handler" },
    { kind = "lockdep", pattern = "Invalid wait context" },
  } },
  run = function(vm)
    gallery.needs_debug_kernel(vm)
    expect.equal(gallery.commit(vm, "sleep-in-interrupt").status, 0)
    vm.dma0:interrupt(0)
    vm:sleep("1ms")
  end,
}
