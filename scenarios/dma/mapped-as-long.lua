-- SPDX-License-Identifier: GPL-2.0-or-later
-- Odd lengths and ends at every awkward place: the device is never sent a byte beyond what was mapped.
local dma = require "dma"
local mapped = require "mapped"

return scenario {
  summary = "a descriptor never reaches beyond the memory that is mapped for it",
  machine = { dma0 = "dma" },
  modules = { "stunt_dmacheck", "stunt_dma" },
  catches = { "length_overrun" },
  run = function(vm)
    mapped.load(vm)
    for _, size in ipairs { 1, 63, 4095, 4097, 65537 } do
      dma.ok(vm, ("copy --size %d --src-offset 4095 --dst-offset 7"):format(size))
      dma.ok(vm, ("fill --size %d --dst-offset 4093"):format(size))
    end
    local since = dma.last_event(vm)
    dma.ok(vm, "copy --size 300001 --src-offset 1")
    local most = 0
    for _, event in ipairs(vm:events { device = "dma0", class = "dma.map", since = since, coherent = 0 }) do
      most = most + event.fields.len
    end
    expect.equal(most, 2 * 300001, "what is mapped is what is asked for, to the byte")
    mapped.clean(vm)
  end,
}
