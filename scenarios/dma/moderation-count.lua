-- SPDX-License-Identifier: GPL-2.0-or-later
-- Interrupts by number: four threads wait on a channel that tells of every fourth completion.
local dma = require "dma"
local pci = require "pci"

local CHANNEL, THREADS, EACH, JOBS = 1, 4, 8, 4

return scenario {
  summary = "with moderation by number, one interrupt tells of that many completions and none is missed",
  machine = { dma0 = "dma", cmdline = "iomem=relaxed" },
  modules = { { "stunt_dma", "watchdog_ms=10000" } },
  run = function(vm)
    local bar = pci.bar(vm, dma.address(vm))
    local before = dma.irq_counts(vm).CH1_DONE
    pci.poke(vm, bar + vm.dma0:offset("CH_MODERATE", CHANNEL), JOBS)
    expect.equal(vm.dma0:peek("CH_MODERATE.JOBS", CHANNEL), JOBS)
    local since = dma.last_event(vm)
    dma.ok(vm, ("copy --channel %d --threads %d --count %d --size 64"):format(CHANNEL, THREADS, EACH))
    local done = expect.event { device = "dma0", class = "job.done", channel = CHANNEL, since = since, at_least = THREADS * EACH }
    expect.event { device = "dma0", class = "irq.raise", vector = "CH1_DONE", since = since, count = done // JOBS }
    expect.equal(dma.irq_counts(vm).CH1_DONE - before, done // JOBS)
    expect.equal(vm:run("stunt-dma info").values.lost_irqs, 0)

    -- one alone waits for others that do not come, until the limit is taken away
    local copy = vm:spawn(("stunt-dma copy --channel %d --size 64"):format(CHANNEL))
    vm:sleep("1s")
    expect.is_true(not copy:done())
    pci.poke(vm, bar + vm.dma0:offset("CH_MODERATE", CHANNEL), 0)
    expect.equal(vm:wait(copy).status, 0)
    expect.equal(vm:run("stunt-dma info").values.lost_irqs, 0)
  end,
}
