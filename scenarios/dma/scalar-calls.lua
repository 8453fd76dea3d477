-- SPDX-License-Identifier: GPL-2.0-or-later
-- Numbers in, numbers out: what is answered, and what each kind of nonsense gives.
local dma = require "dma"

local refused = {
  { "--selector 99", "EOPNOTSUPP" },
  { "--selector echo --in 1,2 --out 1", "EINVAL" },
  { "--selector get --in 0 --out 1", "EINVAL" },
  { "--selector get --in 0,0 --out 2", "EINVAL" },
  { "--selector get --in 0,0,1 --n-in 2 --out 1", "EINVAL" }, -- a number that is not meant is not 0
  { "--selector state --n-in 9 --out 2", "EINVAL" },
  { "--selector state --out 9", "EINVAL" },
  { "--selector get --in 4,0 --out 1", "ECHRNG" },
  { "--selector get --in 0xffffffffffffffff,0 --out 1", "ECHRNG" },
  { "--selector get --in 0,77 --out 1", "ENOENT" },
  { "--selector set --in 0,1,5", "EACCES" },
  { "--selector set --in 0,0,0xffffffffffffffff", "ERANGE" },
}

return scenario {
  summary = "scalar calls answer, and refuse unknown selectors, wrong counts and stray numbers, each with its errno",
  machine = { dma0 = "dma" },
  modules = { "stunt_dma" },
  run = function(vm)
    local r = dma.ok(vm, "scalar --selector echo --in 1,22,333,0,5,6,7,18446744073709551615 --out 8")
    expect.equal(r.values.out2, 333)
    expect.match(r.out, "out7=18446744073709551615")
    r = dma.ok(vm, "scalar --selector state --out 2")
    expect.equal(r.values.out0, 1, "running")
    dma.ok(vm, "scalar --selector set --in 2,0,1000000")
    expect.equal(dma.ok(vm, "scalar --selector get --in 2,0 --out 1").values.out0, 0, "another file's is its own")

    local since = dma.last_event(vm)
    for _, row in ipairs(refused) do
      r = vm:run("stunt-dma scalar " .. row[1])
      expect.equal(r.values.error, row[2], row[1])
    end
    expect.no_event { device = "dma0", class = "mmio.write", since = since, message = "nothing of it reaches the device" }
  end,
}
