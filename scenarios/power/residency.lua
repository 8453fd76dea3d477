-- SPDX-License-Identifier: GPL-2.0-or-later
-- A job now and then, as of a sensor that is read: nearly all of the time there is nothing to do.
local dma = require "dma"
local power = require "power"

local JOBS, PAUSE = 20, "5s"

return scenario {
  summary = "a device that has work for a moment every five seconds is in D3hot for more than 95 % of the time",
  machine = { dma0 = "dma" },
  modules = { { "stunt_dma", "health_ms=10" } },
  deadline = "200s",
  run = function(vm)
    power.auto(vm)
    vm:sleep("200ms")
    local from, asleep, since = vm:now(), vm.dma0:power().ns.D3hot, dma.last_event(vm)
    for _ = 1, JOBS do
      dma.ok(vm, "copy --size 64k --crc")
      vm:sleep(PAUSE)
    end
    local to = vm:now()
    local slept = vm.dma0:power().ns.D3hot - asleep
    print(("asleep %.2f %% of %.1f s"):format(100 * slept / (to - from), (to - from) / ns("1s")))
    expect.between(slept, (to - from) * 95 // 100, to - from, "time in D3hot")
    expect.equal({ power.count(vm, power.D3HOT, since), power.count(vm, power.D0, since) }, { JOBS, JOBS })
    expect.equal(vm.dma0:misuse(), 0)
  end,
}
