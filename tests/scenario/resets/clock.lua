-- SPDX-License-Identifier: GPL-2.0-or-later
-- The guest's clocks and the processor's time stamp go on from where they were: all of them are in the event log.
local tiny = require "lib.tiny"

local ALL = "/tmp/tsc | od -A n -t u8; date +%s.%N; cat /proc/uptime; hwclock -u; grep -v sched_clk /proc/timer_list | head -n 20"

return scenario {
  summary = "clocks go on from where they were",
  machine = { dma0 = { type = "dma", bandwidth = 500000 } },
  modules = { "stunt_dma" },
  run = function(vm)
    vm:put("/tmp/tsc", tiny.program(tiny.time_stamp), 493)
    local before = tonumber(tiny.sh(vm, "/tmp/tsc | od -A n -t u8"))
    tiny.sh(vm, ALL)
    local slept = math.random(1, 100) * ns("100ms")
    vm:sleep(slept)
    tiny.sh(vm, ALL)
    local passed = tonumber(tiny.sh(vm, "/tmp/tsc | od -A n -t u8")) - before
    expect.between(passed, slept, slept + ns("1s"), "the time stamp counts nanoseconds")
  end,
}
