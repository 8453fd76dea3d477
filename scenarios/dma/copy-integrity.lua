-- SPDX-License-Identifier: GPL-2.0-or-later
-- From one byte to 16 MiB, with ends at every awkward place; what lies around the destination stays unharmed.
local dma = require "dma"

local sizes = { 1, 2, 3, 7, 63, 64, 65, 4095, 4096, 4097, 65535, 65537, 1048579 }
local offsets = { { 0, 0 }, { 1, 3 }, { 4095, 7 }, { 5, 4094 } }

local function copy(vm, size, src, dst)
  local since = dma.last_event(vm)
  local r = dma.ok(vm, ("copy --size %d --src-offset %d --dst-offset %d"):format(size, src, dst))
  expect.equal(r.values.data, "ok")
  expect.equal(r.values.guards, "ok")
  expect.equal(dma.bytes_done(vm, since), size, "bytes that the device moved")
end

return scenario {
  summary = "copies of every size and alignment arrive whole, and nothing beside them changes",
  machine = { dma0 = "dma" },
  modules = { "stunt_dma" },
  run = function(vm)
    for _, size in ipairs(sizes) do
      for _, offset in ipairs(offsets) do
        copy(vm, size, offset[1], offset[2])
      end
    end
    copy(vm, 16 * 1024 * 1024, 1, 2)
    expect.no_event { device = "dma0", class = "irq.raise", vector = "ERROR" }
    expect.equal(vm.dma0:peek("ERR_COUNT"), 0)
  end,
}
