-- SPDX-License-Identifier: GPL-2.0-or-later
-- Each wrong descriptor is refused with its own code, an error interrupt and a count; then the channel is reset and works.
local dma = require "dma"

local refused = {
  { "NULL_ADDR", "--op copy --src 0 --dst bounce:0 --len 64" },
  { "NULL_ADDR", "--op fill --dst 0 --len 64" },
  { "MISALIGNED", "--op link --src bounce:8" },
  { "ADDR_WIDTH", "--op copy --src 0x10000000000 --dst bounce:0 --len 64" },
  { "ADDR_WIDTH", "--op copy --src bounce:0 --dst 0xffffffffc0 --len 128" },
  { "ADDR_WIDTH", "--op fill --dst 0xffffffffffffffc0 --len 128" },
  { "LINK_LOOP", "--op link --src bounce:0 --loop 1" },
  { "LINK_LOOP", "--op link --src bounce:0 --loop 5" },
  { "LEN_ZERO", "--op copy --src bounce:0 --dst bounce:4096 --len 0" },
  { "LEN_HUGE", "--op copy --src bounce:0 --dst bounce:4096 --len 0x10000001" },
  { "OWN_BAR", "--op fill --dst bar:0 --len 64" },
  { "OWN_BAR", "--op copy --src bar:0x100 --dst bounce:0 --len 4" },
  { "BAD_OP", "--op 77 --src bounce:0 --dst bounce:4096 --len 64" },
  { "OVERLAP", "--op copy --src bounce:0 --dst bounce:32 --len 64" },
  { "BUS_ERROR", "--op copy --src 0x8000000000 --dst bounce:0 --len 64" },
  { "RESERVED", "--op nop --reserved 1" },
  { "RESERVED", "--op nop --flags 0x81" },
}

local function refuse(vm, status, words)
  local before, since = vm.dma0:peek("ERR_COUNT"), dma.last_event(vm)
  local r = vm:run("stunt-dma raw --channel 3 " .. words)
  expect.equal(r.values.status, status, words)
  expect.equal(r.values.halted, 1, words)
  expect.equal(r.status, 2, words)
  expect.equal(vm.dma0:peek("ERR_COUNT"), before + 1, words)
  expect.event { device = "dma0", class = "irq.raise", vector = "ERROR", since = since, count = 1, message = words }
  expect.event { device = "dma0", class = "job.done", channel = 3, status = status, since = since, count = 1, message = words }
  expect.event { device = "dma0", class = "reset", kind = "CHANNEL", channel = 3, since = since, at_least = 1 }
end

return scenario {
  summary = "wrong descriptors are refused one by one, each with its code, and the channel recovers",
  -- literal addresses; behind an IOMMU the device could not tell its own registers from nothing
  machine = { dma0 = { type = "dma", ["dma-width"] = 40 }, iommu = false },
  modules = { "stunt_dma" },
  run = function(vm)
    expect.equal(vm:run("stunt-dma info").values.width, 40)
    for _, row in ipairs(refused) do
      refuse(vm, row[1], row[2])
    end
    expect.equal(vm:run("stunt-dma raw --channel 3 --op link --src bounce:0 --chain 20").values.status, "OK")
    dma.ok(vm, "copy --channel 3 --size 70000")
  end,
}
