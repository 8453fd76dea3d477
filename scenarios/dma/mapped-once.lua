-- SPDX-License-Identifier: GPL-2.0-or-later
-- Buffers that share pages, and sources that many read at once, are mapped side by side; what the device writes is mapped once.
local dma = require "dma"
local mapped = require "mapped"

return scenario {
  summary = "memory that the device may write is mapped once at a time",
  machine = { dma0 = { type = "dma", bandwidth = 50000000 } },
  modules = { "stunt_dmacheck", "stunt_dma" },
  catches = { "map_twice" },
  run = function(vm)
    mapped.load(vm)
    -- neighbours in one cache line
    dma.ok(vm, "copy --size 8191 --src-offset 1 --dst-offset 2")
    -- the same file's pages, read by three at once
    local readers = {}
    for i = 1, 3 do
      readers[i] = vm:spawn(("stunt-dma file /bin/busybox --output /tmp/copy%d --piece 200000"):format(i))
    end
    for _, reader in ipairs(readers) do
      expect.equal(vm:wait(reader).values.data, "ok")
    end
    mapped.clean(vm)
  end,
}
