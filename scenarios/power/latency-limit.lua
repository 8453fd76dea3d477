-- SPDX-License-Identifier: GPL-2.0-or-later
-- Who cannot wait until the device has woken sets a limit: power/pm_qos_resume_latency_us, "n/a" for not at all.
local dma = require "dma"
local power = require "power"

return scenario {
  summary = "a limit below the time that it takes to wake keeps the device awake, and wakes it; one above, or none, lets it sleep",
  machine = { dma0 = "dma" },
  modules = { "stunt_dma" },
  run = function(vm)
    local limit = power.auto(vm) .. "/power/pm_qos_resume_latency_us"
    vm:sleep("300ms")
    power.asleep(vm)
    for _, too_short in ipairs { "n/a", "1", "9999" } do
      dma.write(vm, limit, too_short)
      vm:sleep("50ms")
      power.awake(vm, "woken by a limit of " .. too_short)
      vm:sleep("2s")
      power.awake(vm, "kept awake by a limit of " .. too_short)
      dma.ok(vm, "copy --size 4096")
      vm:sleep("2s")
      power.awake(vm, "and after a job, too")
      for _, long in ipairs { "20000", "0" } do -- 0: no limit
        dma.write(vm, limit, long)
        vm:sleep("300ms")
        power.asleep(vm, "a limit of " .. long)
      end
    end
    dma.ok(vm, "copy --size 4096")
    expect.equal(vm.dma0:misuse(), 0)
  end,
}
