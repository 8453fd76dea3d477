-- SPDX-License-Identifier: GPL-2.0-or-later
-- Lock contention: nothing is broken, and no kernel complains. What tells is time, and that is exact here.
local gallery = require "gallery"
local kernel = require "kernel"

-- Longest wait and longest hold of a lock in microseconds, as /proc/lock_stat has them.
local function longest(vm, lock)
  for line in vm:get("/proc/lock_stat"):gmatch("[^\n]+") do
    local name, columns = line:match("^%s*([%w_]+):%s+(.+)$")
    if name == lock then
      local word = {}
      for w in columns:gmatch("%S+") do word[#word + 1] = tonumber(w) end
      return word[4], word[10]
    end
  end
end

return scenario {
  summary = "a question that waits for a lock which is held during a reset takes as long as the reset",
  machine = { dma0 = "dma" },
  run = function(vm)
    local asked = gallery.commit(vm, "contention-mutex")
    expect.equal(asked.status, 0)
    expect.between(asked.virtual_ns, ns("800ms"), ns("900ms"), "a limit of 10 ms would have been broken")
    if kernel.is_debug(vm) then
      local wait_us, hold_us = longest(vm, "contention_state")
      expect.between(wait_us, 790000, 900000, "lock_stat names the lock: the longest wait for it")
      expect.between(hold_us, 790000, 900000, "and for how long somebody had it")
    end
  end,
}
