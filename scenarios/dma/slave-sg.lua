-- SPDX-License-Identifier: GPL-2.0-or-later
-- A client in the kernel gathers 1,024 pieces into the memory of another device and scatters them back: one job, one chain.
local dma = require "dma"

local PIECES = 1024

local function bytes()
  local sum = 0
  for i = 0, PIECES - 1 do
    sum = sum + 1 + i * 7 % 100
  end
  return sum
end

return scenario {
  summary = "slave transfers of 1,024 pieces run as one chain, can be paused, and give back all they took",
  machine = { dma0 = { type = "dma", bandwidth = 100000000 }, dma1 = "dma" },
  modules = { "stunt_dma" },
  catches = { "pool_leak" },
  run = function(vm)
    local before = dma.last_event(vm)
    vm:insmod("stunt_dma_test", "only=slave")
    expect.equal(#vm:kernel_log("stunt_dma_test: ok 5"), 1, "all five tests")
    -- gather, scatter, and the one that is paused
    expect.event { device = "dma0", class = "job.done", status = "OK", bytes = bytes(), count = 3 }
    expect.event { device = "dma0", class = "job.done", status = "BUS_ERROR", count = 1, message = "beyond the window" }
    local descs = #vm:events { device = "dma0", class = "dma.read", what = "DESC", since = before }
    expect.is_true(descs > 3 * PIECES, "each piece is a descriptor: " .. descs)
    expect.event { device = "dma0", class = "reset", kind = "CHANNEL", since = before, count = 1, message = "only the error" }

    vm:rmmod("stunt_dma_test")
    local pools = vm:run({ "sh", "-c", "cat /sys/bus/pci/drivers/stunt_dma/0000:*/pools" })
    expect.match(pools.out, "stunt%-dma%-chain +0 ", "every chain was given back")
    expect.is_true(not pools.out:find("stunt%-dma%-chain +[1-9]"), pools.out)
    vm:rmmod("stunt_dma")
    expect.equal(#vm:kernel_log("busy"), 0, "no pool is destroyed in use")
  end,
}
