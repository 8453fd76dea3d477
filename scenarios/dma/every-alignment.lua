-- SPDX-License-Identifier: GPL-2.0-or-later
-- From each of eight alignments to each, over the end of a page, at twenty lengths: each byte arrives and none beside it changes.
local dma = require "dma"

return scenario {
  summary = "every pair of alignments works at every awkward length, and nothing beside the target changes",
  machine = { dma0 = "dma" },
  modules = { "stunt_dma" },
  run = function(vm)
    local v = dma.ok(vm, "sweep --channel 3").values
    expect.equal({ v.alignments, v.lengths, v.copies }, { 8, 20, 8 * 8 * 20 })
    expect.equal({ v.bad, v.harmed }, { 0, 0 })
    expect.equal(dma.bytes_done(vm, 0), v.bytes, "bytes that the device moved")
    local alignments = {}
    for _, event in ipairs(vm:events { device = "dma0", class = "dma.write", what = "DATA" }) do
      alignments[event.fields.addr % 8] = true
    end
    expect.equal(#alignments, 7, "1 to 7")
    expect.is_true(alignments[0], "and 0, as the device saw them")
    expect.equal(vm.dma0:peek("ERR_COUNT"), 0)
  end,
}
