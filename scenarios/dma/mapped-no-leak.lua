-- SPDX-License-Identifier: GPL-2.0-or-later
-- Transfers end badly in every way that there is, and the driver goes while one runs: nothing stays mapped.
local dma = require "dma"
local mapped = require "mapped"

return scenario {
  summary = "transfers that fail, and a driver that goes, leave no memory mapped",
  machine = { dma0 = { type = "dma", bandwidth = 20000000 } },
  modules = { "stunt_dmacheck", "stunt_dma" },
  catches = { "leak_on_error" },
  proves = {
    ["job.start fail"] = "the caller gets INTERNAL, all its memory is unmapped",
    ["dma.write error"] = "the caller gets BUS_ERROR, all its memory is unmapped",
  },
  run = function(vm)
    mapped.load(vm)
    local address = dma.address(vm)
    -- not the first descriptor of the transfer, unless an IOMMU makes it the only one
    vm.dma0:fault { at = "job.start", match = { channel = 0 }, nth = vm:iommu() and 1 or 2, action = "fail" }
    expect.equal(vm:run("stunt-dma copy --channel 0 --size 20000").values.status, "INTERNAL")
    vm.dma0:fault { at = "dma.write", match = { what = "DATA", channel = 1 }, nth = 1, action = "error" }
    expect.equal(vm:run("stunt-dma copy --channel 1 --size 20000").values.status, "BUS_ERROR")
    expect.equal(vm:run("stunt-dma copy --channel 2 --size 200000 --timeout-ns 1000000").values.error, "ETIMEDOUT")
    expect.equal(mapped.clean(vm).coherent_left, mapped.counts(vm).coherent, "rings stay while the driver does")

    local transfer = vm:spawn("stunt-dma copy --channel 3 --size 1M")
    dma.until_busy(vm, 3)
    dma.write(vm, "/sys/bus/pci/drivers/stunt_dma/unbind", address)
    expect.equal(vm:wait(transfer).values.error, "ENODEV")
    expect.equal(mapped.clean(vm).coherent_left, 0, "rings go with the driver")
    dma.write(vm, "/sys/bus/pci/drivers/stunt_dma/bind", address)
    mapped.load(vm)
    vm:rmmod("stunt_dma")
    expect.equal(mapped.clean(vm).coherent_left, 0)
  end,
}
