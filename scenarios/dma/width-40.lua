-- SPDX-License-Identifier: GPL-2.0-or-later
-- Behind an IOMMU that hands out addresses from the top, one device drives 40 address bits and one 64: each gets what it reaches.
local dma = require "dma"

-- The lowest and the highest address of a device's transfers.
local function range(vm, device)
  local low, high = math.maxinteger, 0
  for _, class in ipairs { "dma.read", "dma.write" } do
    for _, event in ipairs(vm:events { device = device, class = class }) do
      low = math.min(low, event.fields.addr)
      high = math.max(high, event.fields.addr + event.fields.len - 1)
    end
  end
  return low, high
end

return scenario {
  summary = "a device of 40 address bits is given no wider address, one of 64 bits is, and both copy well",
  machine = { dma0 = { type = "dma", ["dma-width"] = 40 }, dma1 = "dma", iommu = true, cmdline = "iommu.forcedac=1" },
  modules = { "stunt_dma" },
  catches = { "truncate_40" },
  run = function(vm)
    for device, width in ipairs { 40, 64 } do
      local path = "/dev/stunt-dma" .. device - 1
      expect.equal(vm:run("stunt-dma info --device " .. path).values.width, width)
      for _, size in ipairs { 1, 4097, 1000003 } do
        local r = dma.ok(vm, ("copy --device %s --size %d --src-offset 3 --dst-offset 4090 --crc"):format(path, size))
        expect.match(r.out, "data=ok bad_at=%-1 guards=ok")
      end
    end
    local low, high = range(vm, "dma0")
    expect.is_true(high < 1 << 40, "within 40 bits")
    expect.is_true(low >= 1 << 32, "and beyond 32")
    low = range(vm, "dma1")
    expect.is_true(low >= 1 << 40, "beyond 40 bits")
    expect.equal(vm.dma0:peek("ERR_COUNT"), 0)
    expect.equal(vm.dma1:peek("ERR_COUNT"), 0)
  end,
}
