-- SPDX-License-Identifier: GPL-2.0-or-later
-- The same machine as in module-loaded, and other code at the same addresses.
return scenario {
  summary = "another module can be loaded where one was",
  machine = { dma0 = "dma" },
  run = function(vm)
    vm:insmod("nvme")
    expect.equal(vm:run("test -e /sys/module/stunt_dma").status, 1)
    vm:insmod("stunt_dma")
    expect.equal(vm:run("stunt-dma copy --size 4097").status, 0)
  end,
}
