-- SPDX-License-Identifier: GPL-2.0-or-later
-- A function level reset under load: until the function is back nobody asks it anything.
local dma = require "dma"
local mapped = require "mapped"

return scenario {
  summary = "a function is not touched while it resets, and memory is unmapped as ever",
  machine = { dma0 = { type = "dma", bandwidth = 20000000, ["reset-ns"] = 80000000 } },
  modules = { "stunt_dmacheck", { "stunt_dma", "watchdog_ms=4 health_ms=1" } },
  catches = { "touch_in_reset" },
  run = function(vm)
    local address = dma.address(vm)
    mapped.load(vm)
    dma.write(vm, "/sys/bus/pci/devices/" .. address .. "/reset_method", "flr")
    local transfer = vm:spawn("stunt-dma copy --channel 0 --size 2M")
    dma.until_busy(vm, 0)
    dma.write(vm, "/sys/bus/pci/devices/" .. address .. "/reset", "1")
    expect.equal(vm:wait(transfer).values.error, "EIO")
    expect.event { device = "dma0", class = "reset", kind = "FLR", count = 1 }
    mapped.load(vm)
    expect.equal(mapped.clean(vm).coherent_left, mapped.counts(vm).coherent, "a reset does not unmap anything")
  end,
}
