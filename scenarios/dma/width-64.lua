-- SPDX-License-Identifier: GPL-2.0-or-later
-- With 64 address bits the same guest needs no bounce buffers: the device works on the pages of the process, above 4 GiB.
local dma = require "dma"

-- 2 GiB below 4 GiB and 1 GiB above: a quarter of a GiB of each is enough, and boots sooner.
local MEMORY = "memmap=1792M$0x10000000 mem=4352M swiotlb=2048"

local function high(vm, class)
  local n = 0
  for _, event in ipairs(vm:events { device = "dma0", class = class, what = "DATA" }) do
    n = n + (event.fields.addr >= 1 << 32 and 1 or 0)
  end
  return n
end

return scenario {
  summary = "a device of 64 address bits reaches memory above 4 GiB in place",
  machine = { dma0 = "dma", memory = 3072, cmdline = MEMORY, iommu = false },
  modules = { "stunt_dma" },
  catches = { "truncate_32" },
  run = function(vm)
    local before = vm:get("/sys/kernel/debug/swiotlb/io_tlb_used")
    for _, size in ipairs { 1, 4097, 1000003 } do
      local r = dma.ok(vm, ("copy --channel 0 --size %d --src-offset 3 --dst-offset 4090 --crc"):format(size))
      expect.match(r.out, "data=ok bad_at=%-1 guards=ok")
    end
    expect.equal(vm:get("/sys/kernel/debug/swiotlb/io_tlb_used"), before, "nothing is bounced")
    expect.is_true(high(vm, "dma.read") > 0 and high(vm, "dma.write") > 0, "the process has pages above 4 GiB")
    expect.equal(vm.dma0:peek("ERR_COUNT"), 0)
  end,
}
