-- SPDX-License-Identifier: GPL-2.0-or-later
-- Rings of four: each transfer is longer than the ring, eight of them at once take turns, and the rings go round again and again.
local dma = require "dma"

local THREADS, COUNT, SIZE = 8, 3, 200003

return scenario {
  summary = "jobs longer than a ring of four entries go round it without losing or mixing up any",
  machine = { dma0 = { type = "dma", bandwidth = 400000000 } },
  modules = { { "stunt_dma", "ring_log2=2" } },
  run = function(vm)
    expect.equal(vm:run("stunt-dma info").values.ring_entries, 4)
    local r = dma.ok(vm, ("copy --threads %d --count %d --size %d --src-offset 9 --crc"):format(THREADS, COUNT, SIZE))
    expect.equal(r.values.bytes, THREADS * COUNT * SIZE)
    expect.is_true(not r.out:find("data=wrong") and not r.out:find("harmed"))
    expect.equal(dma.bytes_done(vm, 0), 2 * THREADS * COUNT * SIZE, "copied and summed")
    for channel = 0, 3 do
      local index = 0
      for _, event in ipairs(vm:events { device = "dma0", class = "job.done", channel = channel }) do
        expect.equal(event.fields.index, index, "in order")
        expect.equal(event.fields.status, 0)
        index = index + 1
      end
      expect.is_true(index >= 12, "rounds: " .. index / 4)
      expect.equal(vm.dma0:peek("CH_HEAD", channel), index)
      expect.equal(vm.dma0:peek("CH_DONE_COUNT", channel), index)
      expect.equal(vm.dma0:peek("CH_RING_SIZE", channel), 2)
    end
    expect.equal(vm:run("stunt-dma info").values.lost_irqs, 0)
  end,
}
