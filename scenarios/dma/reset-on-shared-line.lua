-- SPDX-License-Identifier: GPL-2.0-or-later
-- Two devices on one interrupt line: while one is reset, and must not be touched, the other one interrupts.
local dma = require "dma"
local kernel = require "kernel"

return scenario {
  summary = "a device in reset is not touched by its handler when the other one on its line interrupts",
  machine = {
    dma0 = { type = "dma", ["reset-ns"] = 80000000 },
    dma1 = { type = "dma", ["interrupt-pin"] = 4 },
  },
  modules = { { "stunt_dma", "irq_mode=intx" } },
  run = function(vm)
    expect.match(vm:get("/proc/interrupts"), "stunt%-dma0, stunt%-dma1")
    local sysfs = "/sys/bus/pci/devices/0000:01:00.0/"
    dma.write(vm, sysfs .. "reset_method", "flr")
    local copies = vm:spawn("stunt-dma copy --device /dev/stunt-dma1 --count 200 --size 4096")
    vm:sleep("5ms")
    dma.write(vm, sysfs .. "reset", "1")
    local r = vm:wait(copies)
    expect.equal(r.status, 0, r.out)

    local reset = vm:events { device = "dma0", class = "reset", kind = "FLR" }[1]
    local meanwhile = 0
    for _, raised in ipairs(vm:events { device = "dma1", class = "irq.raise", since = reset.seq }) do
      meanwhile = meanwhile + (raised.time_ns < reset.time_ns + ns("80ms") and 1 or 0)
    end
    expect.is_true(meanwhile > (kernel.is_debug(vm) and 5 or 10), ("interrupts of the other device meanwhile: %d"):format(meanwhile))
    for _, read in ipairs(vm:events { device = "dma0", class = "mmio.read", since = reset.seq }) do
      expect.is_true(read.time_ns > reset.time_ns + ns("80ms"), "it is left alone in reset")
    end
    expect.equal(vm:get(sysfs .. "irq_counts"), "ALL=0\n", "its handler leaves them to the other one")
    expect.equal(vm.dma0:misuse(), 0)
    for device = 0, 1 do
      dma.ok(vm, "copy --size 4096 --device /dev/stunt-dma" .. device)
      local info = vm:run("stunt-dma info --device /dev/stunt-dma" .. device).values
      expect.equal({ info.lost_irqs, info.spurious_irqs, info.timeouts }, { 0, 0, 0 })
    end
  end,
}
