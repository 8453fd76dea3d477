-- SPDX-License-Identifier: GPL-2.0-or-later
-- Every way in which a driver can map memory is seen by the checker, in any context, and so is its end.
local dma = require "dma"
local events = require "events"

-- Length, direction, coherent and how many pieces, in the order in which stunt_dmacheck_test maps them.
local told = {
  { 101, "TO_DEVICE", 0, 1 }, -- dma_map_single
  { 102, "FROM_DEVICE", 0, 1 }, -- dma_map_page
  { 103, "BIDIRECTIONAL", 0, 2 }, -- dma_map_sg
  { 104, "TO_DEVICE", 0, 20 }, -- dma_map_sgtable
  { 105, "BIDIRECTIONAL", 0, 1 }, -- dma_map_resource
  { 106, "BIDIRECTIONAL", 1, 1 }, -- dma_alloc_coherent
  { 107, "BIDIRECTIONAL", 1, 1 }, -- dmam_alloc_coherent
  { 4096, "BIDIRECTIONAL", 1, 1 }, -- dma_pool_alloc
  { 8192, "FROM_DEVICE", 0, 1 }, -- dma_alloc_pages
  { 12288, "TO_DEVICE", 0, 1 }, -- dma_alloc_noncontiguous
  { 108, "FROM_DEVICE", 0, 1 }, -- dma_map_single in a hard interrupt
}

-- Bytes of all events of a class with this direction and length each, as an IOMMU may join pieces.
local function bytes(vm, class, direction)
  return events.sum(vm, { device = "dma0", class = class, direction = direction }, "len")
end

return scenario {
  summary = "the DMA checker sees every way to map memory, in any context, and the end of each mapping",
  machine = { dma0 = "dma" },
  modules = { "stunt_dmacheck" },
  oracle = { misuse = { dma0 = 1 }, allow = { "leaked entries details: .*size=101 bytes" } }, -- DMA_API_DEBUG, of the mapping that is left
  run = function(vm)
    expect.no_event { device = "dma0", class = "dma.map" }
    vm:insmod("stunt_dmacheck_test")
    expect.match(vm:run("dmesg").out, "stunt_dmacheck_test: ok 11")
    local sum = { TO_DEVICE = 0, FROM_DEVICE = 0, BIDIRECTIONAL = 0 }
    for _, row in ipairs(told) do
      sum[row[2]] = sum[row[2]] + row[1] * row[4]
      if row[4] == 1 then
        expect.event { device = "dma0", class = "dma.map", len = row[1], direction = row[2], coherent = row[3], count = 1 }
      end
    end
    for direction, wanted in pairs(sum) do
      expect.equal(bytes(vm, "dma.map", direction), wanted, direction .. " bytes mapped")
    end
    -- the managed allocation is the driver's until it lets go
    expect.equal(bytes(vm, "dma.unmap", "BIDIRECTIONAL"), sum.BIDIRECTIONAL - 107)
    vm:rmmod("stunt_dmacheck_test")
    for direction, wanted in pairs(sum) do
      expect.equal(bytes(vm, "dma.unmap", direction), wanted, direction .. " bytes unmapped")
    end
    expect.event { device = "dma0", class = "dma.check", check = "ON", count = 1 }

    -- A mapping that the driver leaves behind is told at its end.
    vm:insmod("stunt_dmacheck_test", "leave=1")
    vm:rmmod("stunt_dmacheck_test")
    expect.event { device = "dma0", class = "misuse", kind = "LEFT_MAPPED", arg1 = 1, count = 1 }

    -- The checker comes and goes; what was mapped before it came is nobody's concern.
    vm:rmmod("stunt_dmacheck")
    expect.event { device = "dma0", class = "dma.check", check = "OFF", count = 1 }
    vm:insmod("stunt_dma")
    vm:insmod("stunt_dmacheck")
    local since = dma.last_event(vm)
    dma.ok(vm, "copy --size 20000")
    expect.no_event { device = "dma0", class = "dma.map", since = since }
    vm:rmmod("stunt_dma")
    vm:insmod("stunt_dma")
    dma.ok(vm, "copy --size 20000")
    expect.event { device = "dma0", class = "dma.map", since = since, at_least = 3 }
    vm:rmmod("stunt_dma")
  end,
}
