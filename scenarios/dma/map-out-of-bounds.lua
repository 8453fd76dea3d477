-- SPDX-License-Identifier: GPL-2.0-or-later
-- What cannot be mapped, and the errno that says why.
local dma = require "dma"

local refused = {
  { "--what bar --size 12k", "ENXIO" }, -- the MSI-X table is the kernel's
  { "--what bar --offset 8k --size 4k", "ENXIO" },
  { "--what bar --offset 4k --size 8k", "ENXIO" },
  { "--what bounce --size 68k", "ENXIO" },
  { "--what bounce --offset 64k --size 4k", "ENXIO" },
  { "--what ring --channel 3 --size 20k", "ENXIO" },
  { "--what ring --channel 4 --size 4k", "ENXIO" },
  { "--what comps --channel 0 --size 8k", "ENXIO" },
  { "--what 0x50000000 --size 4k", "ENXIO" },
  { "--what 0x7ffffffffffff000 --size 4k", "ENXIO" },
  { "--what queue --entries 16 --size 8k", "ENXIO" },
  { "--what queue --entries 16 --offset 4k --size 4k", "ENXIO" },
  { "--what bounce --size 4k --private --prot rw", "EINVAL" },
  { "--what bar --size 4k --private", "EINVAL" },
  { "--what queue --size 4k --private --prot rw", "EINVAL" },
  { "--what ring --size 4k --prot rw", "EACCES" },
  { "--what comps --size 4k --prot rw", "EACCES" },
  { "--what bounce --size 4k --prot rx", "EACCES" },
  { "--what bar --offset 2048 --size 4k", "EINVAL" }, -- not at a page
}

return scenario {
  summary = "mappings beyond what is there, or of the wrong kind, are refused and reach nothing",
  machine = { dma0 = "dma" },
  modules = { "stunt_dma" },
  run = function(vm)
    local since = dma.last_event(vm)
    for _, row in ipairs(refused) do
      local r = vm:run("stunt-dma map " .. row[1])
      expect.equal(r.status, 2, row[1] .. ": " .. r.out)
      expect.equal(r.values.error, row[2], row[1])
    end
    expect.no_event { device = "dma0", class = "mmio.read", since = since, message = "a register was read" }
    expect.no_event { device = "dma0", class = "mmio.write", since = since, message = "a register was written" }
    dma.ok(vm, "map --what queue --entries 64 --size 8k --prot rw")
  end,
}
