-- SPDX-License-Identifier: GPL-2.0-or-later
-- Behind an IOMMU a device reaches only what was mapped for it. What it is refused, it says; and so does the kernel.
local dma = require "dma"

local refused = {
  "--op copy --src 0x1000000 --dst bounce:0 --len 64", -- memory there is, but none of ours
  "--op fill --dst 0x1000000 --len 64",
  "--op copy --src bounce:0 --dst bounce:0x40000000 --len 64",
}

return scenario {
  summary = "DMA to an address that is not mapped is an error in the device and a fault in the kernel's log",
  machine = { dma0 = "dma", iommu = true },
  modules = { "stunt_dma" },
  oracle = { allow = { "DMAR: .*[Ff]ault", "DMAR: .*DMA (Read|Write)" } },
  run = function(vm)
    for i, words in ipairs(refused) do
      local since = dma.last_event(vm)
      local r = vm:run("stunt-dma raw --channel 2 " .. words)
      expect.equal(r.values.status, "BUS_ERROR", words)
      expect.equal(r.values.bytes, 0, words)
      expect.equal(r.values.halted, 1, words)
      expect.event { device = "dma0", class = "job.done", channel = 2, status = "BUS_ERROR", since = since, count = 1 }
      expect.event { device = "dma0", class = "irq.raise", vector = "ERROR", since = since, count = 1 }
      vm:sleep("5ms")
      expect.is_true(#vm:kernel_log("DMAR: .*DMA %a+") >= i, "a fault in the log for " .. words)
    end
    expect.equal(vm.dma0:peek("ERR_COUNT"), #refused)
    dma.ok(vm, "copy --channel 2 --size 100000 --crc")
  end,
}
