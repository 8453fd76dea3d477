-- SPDX-License-Identifier: GPL-2.0-or-later
-- A 32-bit program makes the same calls on the same kernel, and gets the same answers.
local dma = require "dma"

local commands = {
  "copy --channel 1 --size 100003 --src-offset 5 --crc",
  "fill --channel 1 --size 9000",
  "crc --channel 1 --size 30000",
  "compare --channel 1 --size 30000 --differ 20000",
  "raw --channel 1 --op 99",
  "reset --channel 1",
  "scalar --selector echo --in 1,18446744073709551615 --out 2",
  "scalar --selector 99",
  "submit --channel 1 --count 40 --entries 4 --size 7000 --eventfd",
  "submit --op crc32c --channel 2 --count 3",
  "submit --files 8 --channel 1 --count 2",
  "map --what bar --size 8k",
  "map --what comps --channel 3 --size 4k",
  "map --what bounce --size 68k",
  "fork --channel 1 --size 100000 --hold-ms 1",
  "pass --channel 1 --size 100000",
}

-- Where on the ring a descriptor failed, and how many pages happen to lie side by side, is another matter each time.
local function place_less(text)
  return (text:gsub("err_index=%d+", ""):gsub("descriptors=%d+", ""))
end

return scenario {
  summary = "a 32-bit program is served like a 64-bit one, call by call",
  machine = { dma0 = "dma" },
  modules = { "stunt_dma" },
  run = function(vm)
    expect.equal(vm:run("dd if=/bin/stunt-dma32 bs=1 skip=4 count=1").out, "\1", "a 32-bit ELF")
    for _, words in ipairs(commands) do
      local since = dma.last_event(vm)
      local wide = vm:run("stunt-dma " .. words)
      local bytes = dma.bytes_done(vm, since)
      since = dma.last_event(vm)
      local narrow = vm:run("stunt-dma32 " .. words)
      expect.equal(place_less(narrow.out), place_less(wide.out), words)
      expect.equal(narrow.status, wide.status, words)
      expect.equal(dma.bytes_done(vm, since), bytes, "bytes that the device did for " .. words)
    end
  end,
}
