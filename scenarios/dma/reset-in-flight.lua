-- SPDX-License-Identifier: GPL-2.0-or-later
-- A function level reset while a transfer runs: the caller is told, the driver sets the device up again, and it works.
local dma = require "dma"

return scenario {
  summary = "a function level reset in mid-transfer fails the caller cleanly, and the driver goes on",
  machine = { dma0 = { type = "dma", bandwidth = 4000000 } },
  modules = { "stunt_dma" },
  run = function(vm)
    local address = dma.address(vm)
    local transfer = vm:spawn("stunt-dma copy --channel 0 --size 2M")
    dma.until_busy(vm, 0)
    dma.write(vm, "/sys/bus/pci/devices/" .. address .. "/reset_method", "flr")
    dma.write(vm, "/sys/bus/pci/devices/" .. address .. "/reset", "1")
    local r = vm:wait(transfer)
    expect.equal(r.status, 2, r.out)
    expect.equal(r.values.error, "EIO")
    expect.event { device = "dma0", class = "reset", kind = "FLR", count = 1 }
    for channel = 0, 3 do
      dma.ok(vm, ("copy --channel %d --size 20000"):format(channel))
    end
  end,
}
