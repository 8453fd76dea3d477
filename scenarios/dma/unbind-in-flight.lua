-- SPDX-License-Identifier: GPL-2.0-or-later
-- The driver is unbound under a running transfer, then bound again, and the module unloaded in the end.
local dma = require "dma"

return scenario {
  summary = "unbinding in mid-transfer fails the caller with ENODEV and leaves nothing behind; binding again works",
  machine = { dma0 = { type = "dma", bandwidth = 4000000 } },
  modules = { "stunt_dma" },
  run = function(vm)
    local address = dma.address(vm)
    local transfer = vm:spawn("stunt-dma copy --channel 1 --size 2M")
    dma.until_busy(vm, 1)
    dma.write(vm, "/sys/bus/pci/drivers/stunt_dma/unbind", address)
    local r = vm:wait(transfer)
    expect.equal(r.status, 2, r.out)
    expect.equal(r.values.error, "ENODEV")
    expect.equal(vm:run("test -e /dev/stunt-dma0").status, 1, "the device file is gone")
    expect.equal(vm.dma0:peek("CH_CTRL.ENABLE", 1), 0, "the channel is off")

    local since = dma.last_event(vm)
    vm:sleep("1s")
    expect.no_event { device = "dma0", class = "dma.write", since = since, message = "DMA after unbind" }

    dma.write(vm, "/sys/bus/pci/drivers/stunt_dma/bind", address)
    dma.ok(vm, "copy --channel 1 --size 20000")
    vm:rmmod("stunt_dma")
    expect.equal(vm:run({ "sh", "-c", "grep stunt_dma /proc/interrupts" }).status, 1, "no interrupt is left")
  end,
}
