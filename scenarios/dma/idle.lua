-- SPDX-License-Identifier: GPL-2.0-or-later
-- Waiting is free: the guest's time jumps from timer to timer. The wall time is in the result.
return scenario {
  summary = "thirty idle seconds pass in the guest, and the driver and device are as before",
  machine = { dma0 = "dma" },
  modules = { "stunt_dma" },
  deadline = "2min",
  run = function(vm)
    expect.equal(vm:run("stunt-dma copy --size 4096").status, 0)
    local r = vm:run("sleep 30")
    expect.between(r.virtual_ns, ns("30s"), ns("30100ms"))
    expect.equal(vm:run("stunt-dma copy --size 4096").status, 0)
  end,
}
