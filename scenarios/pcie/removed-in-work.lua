-- SPDX-License-Identifier: GPL-2.0-or-later
-- The card is pulled out while a caller sleeps for its job, and a program has its registers mapped.
local dma = require "dma"
local slot = require "slot"

return scenario {
  summary = "a device that is pulled out under load: caller and mappings end at once, it is not polled, and comes back when plugged in",
  machine = { dma0 = { type = "dma", bandwidth = 2000000 } },
  modules = { "stunt_dma" },
  catches = { "loop_on_dead" },
  run = function(vm)
    slot.patient(vm)
    local mapped = vm:spawn("stunt-dma map --what bar --size 4k --hold-ms 3000")
    local queue = vm:spawn("stunt-dma submit --channel 3 --count 4 --size 64k --entries 4 --hold-ms 3000")
    local transfer = vm:spawn("stunt-dma copy --channel 1 --size 4M")
    dma.until_busy(vm, 1)
    local before = vm:now()
    vm.dma0:remove()
    local r = vm:wait(transfer)
    local removed = vm:events { device = "dma0", class = "link", up = 0 }[1]
    expect.equal(r.values.error, "ENODEV", r.out)
    expect.between(vm:now() - before, 0, ns("50ms"), "the caller is told")
    slot.until_away(vm, "5s")
    expect.equal(vm:run("stunt-dma copy --size 4096").status == 0, false)
    expect.match(vm:wait(mapped).out, "after signal=SIGBUS")
    expect.equal(vm:wait(queue).values.completed, 4)
    expect.no_event { device = "dma0", class = "dma.write", since = removed.seq }
    expect.no_event { device = "dma0", class = "irq.raise", since = removed.seq }
    expect.between(#vm:events { device = "dma0", class = "mmio.read", since = removed.seq }, 0, 8, "reads of what is gone")

    vm.dma0:plug()
    slot.until_bound(vm)
    vm.dma0:set("bandwidth", 0)
    slot.works(vm)
    expect.equal(vm.dma0:misuse(), 0)
  end,
}
