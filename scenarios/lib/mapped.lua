-- SPDX-License-Identifier: GPL-2.0-or-later
-- What the scenarios of the DMA checker share: a driver at work, and what must be true of its memory afterwards.
local dma = require "dma"

local mapped = {}

-- Every operation, awkward places, several threads and channels.
function mapped.load(vm)
  dma.ok(vm, "copy --threads 4 --count 2 --size 40961 --src-offset 3 --dst-offset 9 --crc")
  dma.ok(vm, "fill --size 9001 --dst-offset 5")
  dma.ok(vm, "crc --size 70001 --src-offset 1")
  dma.ok(vm, "compare --size 20000 --src-offset 1 --dst-offset 4090")
end

-- Pieces that were mapped for a while (1) or for the driver's whole life (coherent), and how many of them have ended.
function mapped.counts(vm)
  local ended = {}
  for _, event in ipairs(vm:events { device = "dma0", class = "dma.unmap" }) do
    local key = ("%x %d"):format(event.fields.addr, event.fields.len)
    ended[key] = (ended[key] or 0) + 1
  end
  local count = { streaming = 0, streaming_left = 0, coherent = 0, coherent_left = 0 }
  for _, event in ipairs(vm:events { device = "dma0", class = "dma.map" }) do
    local key = ("%x %d"):format(event.fields.addr, event.fields.len)
    local kind = event.fields.coherent == 1 and "coherent" or "streaming"
    count[kind] = count[kind] + 1
    if (ended[key] or 0) > 0 then
      ended[key] = ended[key] - 1
    else
      count[kind .. "_left"] = count[kind .. "_left"] + 1
    end
  end
  return count
end

-- The checker has looked all the time, has nothing to say, and no transfer's memory is still the device's.
function mapped.clean(vm)
  expect.no_event { device = "dma0", class = "dma.check", check = "BLIND" }
  expect.no_event { device = "dma0", class = "misuse" }
  local count = mapped.counts(vm)
  expect.is_true(count.streaming > 0, "the checker saw memory of transfers")
  expect.equal(count.streaming_left, 0, "memory of transfers that is still mapped")
  return count
end

return mapped
