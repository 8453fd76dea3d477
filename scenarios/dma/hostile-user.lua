-- SPDX-License-Identifier: GPL-2.0-or-later
-- A user who means no good: random calls, sizes, pointers, mappings, forks, signals and sudden ends, of several processes
-- with several threads, while the device is unbound, bound and reset under them. For an hour of it:
-- stunt-dma-hostile --seconds 3600.
local dma = require "dma"
local kernel = require "kernel"

return scenario {
  summary = "sixty seconds of a hostile user bring nothing down, and the device works as ever",
  machine = { dma0 = { type = "dma", bandwidth = 200000000 } },
  modules = { { "stunt_dma", "watchdog_ms=20 job_timeout_ms=200" } },
  deadline = "120s",
  oracle = { misuse = { dma0 = true } }, -- see below
  run = function(vm)
    local minutes = kernel.is_debug(vm) and 0.1 or 1 -- there it makes hardly fewer calls, and takes much longer for them
    local r = vm:run(("stunt-dma-hostile --seconds %d --pci %s"):format(60 * minutes // 1, dma.address(vm)))
    expect.equal(r.status, 0, r.out .. r.err)
    print(r.out)
    expect.is_true(r.values.answered > 100 * minutes and r.values.refused > 100 * minutes, "both sensible and senseless calls were made")
    expect.is_true(r.values.mapped > 50 * minutes and r.values.faults > 10 * minutes)
    expect.is_true(r.values.binds > 3 * minutes and r.values.resets > 3 * minutes, "the ground was pulled away")
    expect.event { device = "dma0", class = "reset", kind = "FLR" }
    -- A user who maps the registers may read where there is none.
    expect.equal(#vm:events { device = "dma0", class = "misuse" },
      #vm:events { device = "dma0", class = "misuse", kind = "BAD_ACCESS" }, "misuse by the driver")
    expect.equal(vm:run("pidof stunt-dma-hostile").status, 1, "nobody is left")
    for channel = 0, 3 do
      dma.ok(vm, ("copy --channel %d --size 100000"):format(channel))
      expect.equal(vm.dma0:peek("CH_STATUS.RUNNING", channel), 0)
    end
    vm:rmmod("stunt_dma")
  end,
}
