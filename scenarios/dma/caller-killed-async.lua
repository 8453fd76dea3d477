-- SPDX-License-Identifier: GPL-2.0-or-later
-- The caller is killed, or leaves, with requests in work: they are called off before its memory is anybody else's.
local dma = require "dma"

-- The channel stands still, and nothing is written for its requests any more.
local function at_rest(vm, channel)
  expect.equal(vm.dma0:peek("CH_STATUS.RUNNING", channel), 0, "the channel is at rest")
  local since = dma.last_event(vm)
  vm:sleep("1s")
  expect.no_event { device = "dma0", class = "dma.write", since = since, message = "DMA for a caller that is gone" }
end

return scenario {
  summary = "requests of a caller that is killed or leaves are called off, and others are not harmed",
  machine = { dma0 = { type = "dma", bandwidth = 20000000 } },
  modules = { "stunt_dma" },
  catches = { "close_forgets_jobs" },
  run = function(vm)
    local caller = vm:spawn("stunt-dma submit --channel 1 --count 8 --size 512k --entries 8 --hold-ms 60000")
    dma.until_busy(vm, 1)
    local other = vm:spawn("stunt-dma copy --channel 1 --size 100000")
    vm:sleep("5ms")
    vm:kill(caller, 9)
    expect.equal(vm:wait(caller).status, 256 + 9)
    expect.equal(vm:wait(other).status, 0, "another's job on the same channel starts over")
    at_rest(vm, 1)

    local r = vm:run("stunt-dma submit --channel 1 --count 8 --size 512k --entries 8 --leave")
    expect.equal(r.values.in_work, 8)
    at_rest(vm, 1)
    dma.ok(vm, "submit --channel 1 --count 4 --size 20000")
  end,
}
