-- SPDX-License-Identifier: GPL-2.0-or-later
-- What the driver allocates for its work it gives back: twenty times the same leave the slab caches as they were.
local dma = require "dma"
local growth = require "growth"
local kernel = require "kernel"

return scenario {
  summary = "transfers, and a driver that comes and goes, leave no slab cache grown",
  machine = { dma0 = "dma" },
  modules = { "stunt_dma" },
  run = function(vm)
    if kernel.is_debug(vm) then
      skip("KASAN keeps freed objects for a while")
    end
    local address = dma.address(vm)

    growth.none(vm, function() expect.equal(vm:run("stunt-dma copy --size 65536").status, 0) end)
    growth.none(vm, function()
      dma.write(vm, "/sys/bus/pci/drivers/stunt_dma/unbind", address)
      dma.write(vm, "/sys/bus/pci/drivers/stunt_dma/bind", address)
    end)
  end,
}
