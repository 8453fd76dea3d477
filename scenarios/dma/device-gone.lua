-- SPDX-License-Identifier: GPL-2.0-or-later
-- From one moment on every register reads as all ones, as when a card was pulled: the driver gives up, and does not loop.
return scenario {
  summary = "a device that reads as all ones is taken for gone, without a loop",
  machine = { dma0 = "dma" },
  modules = { { "stunt_dma", "watchdog_ms=50 job_timeout_ms=200" } },
  proves = { ["mmio.read ones"] = "the driver takes the device for gone and never touches it again" },
  run = function(vm)
    expect.equal(vm:run("stunt-dma copy --size 4096").status, 0)
    vm.dma0:fault { id = "ones", at = "mmio.read", action = "ones" }
    vm.dma0:fault { id = "hang", at = "job.start", action = "hang" }
    local r = vm:run("stunt-dma copy --channel 0 --size 4096")
    expect.equal(r.status, 2, r.out)
    expect.equal(r.values.error, "ENODEV")
    local next_one = vm:run("stunt-dma copy --channel 1 --size 4096")
    expect.equal(next_one.values.error, "ENODEV", next_one.out)
    local reads = #vm:events { device = "dma0", class = "mmio.read" }
    vm:sleep("10s")
    expect.equal(#vm:events { device = "dma0", class = "mmio.read" }, reads, "reads of a dead device in ten seconds")
  end,
}
