-- SPDX-License-Identifier: GPL-2.0-or-later
-- A module comes after the ready point: its code lies where that of another scenario's module lay.
return scenario {
  summary = "a module can be loaded where another was",
  machine = { dma0 = "dma" },
  run = function(vm)
    expect.equal(vm:run("test -e /sys/module/stunt_dma").status, 1)
    vm:insmod("stunt_dma")
    expect.equal(vm:run("stunt-dma copy --size 4097").status, 0)
    vm:rmmod("stunt_dma")
    vm:insmod("stunt_dma", "watchdog_ms=50")
    expect.equal(vm:run("stunt-dma copy --size 4097").status, 0)
  end,
}
