-- SPDX-License-Identifier: GPL-2.0-or-later
-- A descriptor that never ends: the watchdog gives it up, resets the channel, and the jobs behind it still run.
local dma = require "dma"
local kernel = require "kernel"

return scenario {
  summary = "a hung job is given up in time, its channel reset, and others are not harmed",
  machine = { dma0 = "dma" },
  modules = { { "stunt_dma", "watchdog_ms=50 job_timeout_ms=500" } },
  proves = { ["job.start hang"] = "the watchdog gives the job up and resets its channel; the jobs behind it run" },
  run = function(vm)
    vm.dma0:fault { at = "job.start", match = { channel = 0, op = "COPY" }, nth = 1, action = "hang" }
    local hung = vm:spawn("stunt-dma copy --channel 0 --size 4096")
    local behind = vm:spawn("stunt-dma copy --channel 0 --size 4096 --seed 5")
    local beside = vm:run("stunt-dma copy --channel 1 --size 4096")
    expect.equal(beside.status, 0)
    expect.between(beside.virtual_ns, 0, ns(kernel.is_debug(vm) and "400ms" or "100ms"), "another channel does not wait")
    local first, second = vm:wait(hung), vm:wait(behind)
    local failed = first.status ~= 0 and first or second
    local passed = first.status ~= 0 and second or first
    expect.equal(failed.values.error, "ETIMEDOUT", failed.out)
    expect.between(failed.virtual_ns, ns("500ms"), ns("800ms"))
    expect.equal(passed.status, 0, passed.out)
    expect.event { device = "dma0", class = "reset", kind = "CHANNEL", channel = 0 }
    dma.ok(vm, "copy --channel 0 --size 4096")
  end,
}
