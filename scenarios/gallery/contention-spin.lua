-- SPDX-License-Identifier: GPL-2.0-or-later
-- Lock contention of the worst kind: who wants the lock, and everybody else, waits at full speed.
local gallery = require "gallery"
local kernel = require "kernel"

return scenario {
  summary = "a spinlock that is held for seconds is found as a soft lockup",
  machine = { dma0 = "dma" },
  oracle = { expect = { { kind = "soft-lockup", pattern = "contention_spin", count = true } } },
  run = function(vm)
    if not kernel.is_debug(vm) then
      skip("every kernel sees it, but it takes seconds: it runs where ./stunt check debug does")
    end
    gallery.sysctl(vm, "softlockup_panic", 0) -- here it is to be seen that it comes to an end
    gallery.sysctl(vm, "watchdog_thresh", 1) -- told after twice that
    expect.equal(gallery.commit(vm, "contention-spin").status, 0)
  end,
}
