-- SPDX-License-Identifier: GPL-2.0-or-later
-- Completions that come late, twice, or are those of another job.
local dma = require "dma"

local function fault(vm, action, params)
  return vm.dma0:fault { at = "job.done", match = { channel = 1 }, nth = 1, action = action, params = params }
end

local function fails(vm, error)
  local before = vm:run("stunt-dma info").values
  local r = vm:run("stunt-dma copy --channel 1 --size 4096")
  expect.equal({ r.status, r.values.error }, { 2, error }, r.out)
  local after = vm:run("stunt-dma info").values
  expect.equal(after.resets - before.resets, 1, error .. ": the channel was reset")
  dma.ok(vm, "copy --channel 1 --size 4096")
  return r
end

return scenario {
  summary = "a completion may be late or come twice; one that makes no sense costs its job and a channel reset",
  machine = { dma0 = "dma" },
  modules = { "stunt_dma" },
  proves = {
    ["job.done delay"] = "in time it is waited for; behind the job's time-out the job is given up and its channel reset",
    ["job.done complete-twice"] = "the second record and interrupt change nothing",
    ["job.done stale"] = "the record of another job is seen as such: the job fails with EIO, its channel is reset",
  },
  run = function(vm)
    fault(vm, "delay", { ns = "300ms" })
    local late = dma.ok(vm, "copy --channel 1 --size 4096")
    expect.between(late.virtual_ns, ns("300ms"), ns("350ms"))
    expect.equal(vm:run("stunt-dma info").values.lost_irqs, 0, "its interrupt came with it")
    fault(vm, "complete-twice")
    dma.ok(vm, "copy --channel 1 --size 4096")

    fault(vm, "stale")
    fails(vm, "EIO")
    vm:sleep("200ms")
    fault(vm, "delay", { ns = "5s" })
    local given_up = fails(vm, "ETIMEDOUT")
    expect.between(given_up.virtual_ns, ns("1s"), ns("1300ms"))
    vm:sleep("5s")
    dma.ok(vm, "copy --channel 1 --size 4096")
    expect.event { device = "dma0", class = "job.done", channel = 1, status = "ABORTED", count = 0 }
  end,
}
