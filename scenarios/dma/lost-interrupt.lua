-- SPDX-License-Identifier: GPL-2.0-or-later
return scenario {
  summary = "a lost completion interrupt is made up for by the driver's watchdog",
  machine = { dma0 = "dma" },
  modules = { { "stunt_dma", "watchdog_ms=100" } },
  catches = { "lost_watchdog" },
  proves = { ["irq.raise drop"] = "the watchdog finds the completion" },
  run = function(vm)
    local lost = vm.dma0:fault { at = "irq.raise", match = { vector = "CH1_DONE" }, nth = 1, action = "drop" }
    local r = vm:run("stunt-dma copy --channel 1 --size 4096")
    expect.equal(r.status, 0)
    expect.equal(r.values.data, "ok")
    expect.between(r.virtual_ns, ns("1ms"), ns("300ms"), "the watchdog looks every 100 ms")
    expect.equal(vm:run("stunt-dma info").values.lost_irqs, 1)
    expect.equal(lost:status().fired, 1)
  end,
}
