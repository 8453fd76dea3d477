-- SPDX-License-Identifier: GPL-2.0-or-later
-- The channels serve any client in the kernel: a module asks the dmaengine framework for one and puts it to the test.
return scenario {
  summary = "an in-kernel dmaengine client gets memcpy, memset, interrupt, residue and terminate from the driver",
  machine = { dma0 = { type = "dma", bandwidth = 100000000 } },
  modules = { "stunt_dma" },
  run = function(vm)
    vm:insmod("stunt_dma_test")
    expect.event { device = "dma0", class = "job.done", status = "OK", at_least = 3 }
    vm:rmmod("stunt_dma_test")
    vm:rmmod("stunt_dma")
  end,
}
