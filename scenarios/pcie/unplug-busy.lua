-- SPDX-License-Identifier: GPL-2.0-or-later
-- The attention button is pressed while a transfer runs that would take longer than the five seconds.
local dma = require "dma"
local slot = require "slot"

return scenario {
  summary = "a busy device that is unplugged in order fails its caller with ENODEV, and nothing moves afterwards",
  machine = { dma0 = { type = "dma", bandwidth = 200000 } },
  modules = { "stunt_dma" },
  run = function(vm)
    slot.patient(vm)
    local transfer = vm:spawn("stunt-dma copy --channel 1 --size 4M")
    dma.until_busy(vm, 1)
    vm.dma0:unplug()
    local r = vm:wait(transfer)
    expect.equal(r.status, 2, r.out)
    expect.equal(r.values.error, "ENODEV")
    slot.until_out(vm)
    slot.left_alone(vm, vm:events { device = "dma0", class = "link", up = 0 }[1], { seq = math.maxinteger })
    local out = vm:events { device = "dma0", class = "slot", present = 0 }[1]
    vm.dma0:set("bandwidth", 0)
    vm.dma0:plug()
    slot.until_bound(vm)
    expect.no_event { device = "dma0", class = "job.done", status = "OK", since = out.seq, message = "the old job" }
    slot.works(vm)
    expect.equal(vm.dma0:misuse(), 0)
  end,
}
