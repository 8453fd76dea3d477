-- SPDX-License-Identifier: GPL-2.0-or-later
-- Registers, bounce buffer and rings in a program's address space, which sees there what the device does.
local dma = require "dma"

local function map(vm, words)
  return dma.ok(vm, "map " .. words)
end

-- The word that was seen at first.
local function word(r)
  return tonumber(r.out:match("touch signal=none word=(0x%x+)"))
end

return scenario {
  summary = "a program with the right to it maps registers, bounce buffer and rings, and a reset only makes it wait",
  machine = { dma0 = "dma" },
  modules = { "stunt_dma" },
  oracle = { misuse = { dma0 = 1 } },
  run = function(vm)
    local since = dma.last_event(vm)
    expect.equal(word(map(vm, "--what bar --size 8k")), vm.dma0:peek("ID"))
    expect.event { device = "dma0", class = "mmio.read", offset = 0, size = 4, since = since }
    map(vm, "--what bar --size 4k --prot rw --value 0")
    expect.event { device = "dma0", class = "misuse", kind = "RO_WRITE", message = "a write gets there, and ID refuses it" }

    map(vm, "--what bounce --size 64k --prot rw --value 0x12345678")
    dma.ok(vm, "raw --channel 0 --op copy --src bounce:0 --dst bounce:4096 --len 64")
    expect.equal(word(map(vm, "--what bounce --offset 4k --size 4k")), 0x12345678, "what the device has copied")

    dma.ok(vm, "fill --channel 2 --size 100")
    local ring = map(vm, "--what ring --channel 2 --size 16k")
    expect.is_true(word(ring) ~= 0, "the descriptor's address")
    expect.match(ring.out, "mprotect error=EACCES")
    map(vm, "--what comps --channel 2 --size 4k")

    -- Over a function reset the registers are taken away, and come back by themselves.
    local held = vm:spawn("stunt-dma map --what bar --size 4k --hold-ms 5000")
    vm:sleep("10ms")
    dma.write(vm, "/sys/bus/pci/devices/" .. dma.address(vm) .. "/reset", 1)
    local r = vm:wait(held)
    expect.match(r.out, ("after signal=none word=0x%x"):format(vm.dma0:peek("ID")))
    expect.match(r.out, "again status=OK")
    expect.event { device = "dma0", class = "reset", kind = "FLR" }
    dma.ok(vm, "copy --size 4096")
  end,
}
