-- SPDX-License-Identifier: GPL-2.0-or-later
-- Data of the device's own making in memory that the driver keeps for as long as it is bound, told by the device's own sum:
-- what a fault brings late or astray lands where it harms nobody.
local bounce = {}

bounce.CHANNEL = 1
bounce.LEN = 4096
bounce.A, bounce.B = 0x1111111111111111, 0x2222222222222222

local function raw(vm, words)
  return vm:run(("stunt-dma raw --channel %d %s"):format(bounce.CHANNEL, words))
end

local function ok(r)
  expect.equal({ r.status, r.values.status }, { 0, "OK" }, r.out .. r.err)
  return r
end

-- A pattern at an offset of the bounce buffer; the device says that it is there.
function bounce.fill(vm, pattern, at, len)
  return ok(raw(vm, ("--op fill --dst bounce:%d --len %d --arg %#x"):format(at or 0, len or bounce.LEN, pattern)))
end

function bounce.sum(vm, at)
  return ok(raw(vm, ("--op crc32c --src bounce:%d --len %d"):format(at or 0, bounce.LEN))).values.result
end

-- From one offset to another.
function bounce.try_copy(vm, from, to)
  return raw(vm, ("--op copy --src bounce:%d --dst bounce:%d --len %d"):format(from, to, bounce.LEN))
end

function bounce.copy(vm, from, to)
  return ok(bounce.try_copy(vm, from, to))
end

-- The sums of both patterns, and a way to say which of them, if any, is at an offset.
function bounce.reader(vm)
  local name = {}
  for _, pattern in ipairs { "A", "B" } do
    bounce.fill(vm, bounce[pattern])
    name[bounce.sum(vm)] = pattern
  end
  return function(at)
    return name[bounce.sum(vm, at)] or "neither"
  end
end

return bounce
