-- SPDX-License-Identifier: GPL-2.0-or-later
-- A device that has nothing but its INTx line: it is up as long as there is a cause, and Interrupt Disable silences it without
-- losing anything.
local dma = require "dma"
local pci = require "pci"

return scenario {
  summary = "a level interrupt rises and falls with its cause; while Interrupt Disable is set nothing comes, and nothing is lost",
  machine = { dma0 = { type = "dma", interrupts = "intx" } },
  modules = { { "stunt_dma", "watchdog_ms=10000" } },
  run = function(vm)
    local address = dma.address(vm)
    dma.ok(vm, "copy --channel 1 --size 5000")
    local raised = expect.event { device = "dma0", class = "irq.raise", mode = 0, at_least = 1 }
    expect.event { device = "dma0", class = "irq.lower", vector = "CH1_DONE", count = raised }

    pci.command(vm, address, pci.INTX_DISABLE, true)
    local since = dma.last_event(vm)
    local copy = vm:spawn("stunt-dma copy --channel 1 --size 5000")
    vm:sleep("1s")
    expect.is_true(not copy:done(), "nothing tells the driver")
    expect.event { device = "dma0", class = "irq.raise", vector = "CH1_DONE", since = since, count = 1 }
    expect.event { device = "dma0", class = "irq.lower", since = since, count = 0 }
    expect.equal(pci.read(vm, address, 6, 2) & 8, 8, "Interrupt Status tells of the cause all the same")

    pci.command(vm, address, pci.INTX_DISABLE, false)
    local r = vm:wait(copy)
    expect.equal({ r.status, r.values.data }, { 0, "ok" })
    expect.event { device = "dma0", class = "irq.lower", vector = "CH1_DONE", since = since, count = 1 }
    expect.equal(pci.read(vm, address, 6, 2) & 8, 0)
    local info = vm:run("stunt-dma info").values
    expect.equal({ info.vectors, info.lost_irqs, info.spurious_irqs }, { 1, 0, 0 })
  end,
}
