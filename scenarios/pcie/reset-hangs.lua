-- SPDX-License-Identifier: GPL-2.0-or-later
-- A reset of the bus out of which the link does not come again, until somebody mends it.
local dma = require "dma"
local slot = require "slot"

return scenario {
  summary = "a reset that does not end leaves a device that is gone: ENODEV for everybody, no polling; a new link brings it back",
  machine = { dma0 = { type = "dma", bandwidth = 2000000 } },
  modules = { "stunt_dma" },
  run = function(vm)
    slot.patient(vm)
    dma.write(vm, slot.SYSFS .. "/reset_method", "bus")
    vm.dma0:fault { at = "reset", match = { kind = "HOT" }, nth = 1, action = "link-down" }
    local transfer = vm:spawn("stunt-dma copy --channel 1 --size 4M")
    dma.until_busy(vm, 1)
    vm:run { "sh", "-c", "echo 1 > " .. slot.SYSFS .. "/reset" }
    expect.equal(vm:wait(transfer).status, 2)
    expect.equal(vm:run("stunt-dma copy --size 4096").values.error, "ENODEV")
    local reads = #vm:events { device = "dma0", class = "mmio.read" }
    vm:sleep("10s")
    expect.equal(#vm:events { device = "dma0", class = "mmio.read" }, reads, "reads of a dead device in ten seconds")
    vm.dma0:set("bandwidth", 0)
    vm.dma0:link("up")
    slot.until_true(vm, "the link is up", "10s", function() return vm.dma0:is_there() end)
    vm:sleep("5s")
    slot.until_bound(vm)
    slot.works(vm)
    expect.equal(vm.dma0:misuse(), 0)
  end,
}
