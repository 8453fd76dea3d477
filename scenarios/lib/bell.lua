-- SPDX-License-Identifier: GPL-2.0-or-later
-- Two DMA engines that can ring each other.
local events = require "events"

local bell = {}

function bell.machine(more)
  local machine = { dma0 = "dma", dma1 = { type = "dma", peer = "dma0" } }
  for key, value in pairs(more or {}) do
    machine[key] = value
  end
  return machine
end

-- stunt-dmaN rings its peer.
function bell.ring(vm, n, mask)
  local r = vm:run(("stunt-dma ring --device /dev/stunt-dma%d --mask %d"):format(n, mask))
  expect.equal(r.status, 0, r.out .. r.err)
end

local MANY = 2500

-- Waits for as many rings as come until there is none for so long, or there are more than anybody rings here. To be waited for,
-- see bell.heard().
function bell.listen(vm, n, mask, timeout)
  return vm:spawn(("stunt-dma await --device /dev/stunt-dma%d --mask %d --count %d --timeout-ns %d"):format(n, mask, MANY,
    ns(timeout or "1s")))
end

-- What it has heard: how often each bit, as { [bit] = n }, and all of them in one.
function bell.heard(vm, listener)
  local r = vm:wait(listener, { timeout = "30s" })
  local times, all = {}, 0
  expect.is_true(r.out:find("error=ETIMEDOUT\n$") ~= nil, "it ended because nothing came any more " .. r.err)
  for word in r.out:gmatch("rung=(0x%x+) status=OK") do
    local rung = math.tointeger(tonumber(word))
    all = all | rung
    for bit = 0, 31 do
      if rung & (1 << bit) ~= 0 then
        times[bit] = (times[bit] or 0) + 1
      end
    end
  end
  return times, all
end

-- Waits for one ring; gives the bits.
function bell.await(vm, n, mask)
  local r = vm:run(("stunt-dma await --device /dev/stunt-dma%d --mask %d --timeout-ns 5000000000"):format(n, mask))
  expect.equal(r.status, 0, r.out .. r.err)
  return math.tointeger(r.values.rung) -- of one line
end

function bell.last_event(vm)
  return events.last(vm, "dma1")
end

return bell
