-- SPDX-License-Identifier: GPL-2.0-or-later
-- One descriptor each, from a byte to the most there can be. The guest has memory that its kernel leaves alone; the device fills it,
-- copies it, and compares and sums what it has made.
local dma = require "dma"

local SRC, DST = 0x11000000, 0x21010000 -- above mem=256M
local MOST = 256 << 20
local sizes = { 1, 2, 4096, 65535, 65537, (4 << 20) + 1, MOST }
local MARK, GUARD = 0x1122334455667788, 0x0123456789abcdef

local function raw(vm, words, ...)
  return dma.ok(vm, "raw --channel 0 " .. words:format(...)).values
end

local function fill(vm, at, len, arg)
  raw(vm, "--op fill --dst %d --len %d --arg %d", at, len, arg)
end

local function sum(vm, at, len)
  return raw(vm, "--op crc32c --src %d --len %d", at, len).result
end

-- Memory that nobody has written is 0, so that marks at both ends are all that this takes to make.
local function copy(vm, size, guard)
  fill(vm, SRC, math.min(size, 4096), MARK)
  fill(vm, SRC + math.max(size - 64, 0), math.min(size, 64), MARK + size)
  fill(vm, DST + size, 64, GUARD)
  expect.equal(raw(vm, "--op copy --src %d --dst %d --len %d", SRC, DST, size).bytes, size)
  expect.equal(raw(vm, "--op compare --src %d --dst %d --len %d", SRC, DST, size).bytes, size)
  expect.equal(sum(vm, DST, math.min(size, 65536)), sum(vm, SRC, math.min(size, 65536)))
  expect.equal(sum(vm, DST + size, 64), guard, "what is behind it")
end

return scenario {
  summary = "one descriptor moves anything from 1 byte to 256 MiB, and no byte more",
  machine = { dma0 = { type = "dma", bandwidth = 0 }, memory = 1024, cmdline = "mem=256M", iommu = false },
  modules = { "stunt_dma" },
  run = function(vm)
    fill(vm, DST - 64, 64, GUARD)
    local guard = sum(vm, DST - 64, 64)
    for _, size in ipairs(sizes) do
      copy(vm, size, guard)
      expect.event { device = "dma0", class = "job.done", bytes = size, at_least = 2, message = "one descriptor" }
    end
    expect.equal(sum(vm, DST - 64, 64), guard, "what is before it")
    expect.equal(vm:run(("stunt-dma raw --op crc32c --src %d --len %d"):format(SRC, MOST + 1)).values.status, "LEN_HUGE")
  end,
}
