-- SPDX-License-Identifier: GPL-2.0-or-later
-- The mapped completion queue: it wraps, and never takes in a request whose completion it could not hold.
local dma = require "dma"

return scenario {
  summary = "the completion queue wraps without a loss, and a request that finds it full is refused with EAGAIN",
  machine = { dma0 = { type = "dma", bandwidth = 200000000 } },
  modules = { "stunt_dma" },
  catches = { "double_put" },
  run = function(vm)
    local since = dma.last_event(vm)
    local r = dma.ok(vm, "submit --channel 2 --count 50 --size 3000 --entries 4")
    expect.equal(r.values.completed, 50)
    expect.is_true(r.values.refused >= 1, "four entries are less than fifty requests")
    expect.equal(r.values.overflow, 0)
    expect.event { device = "dma0", class = "job.done", channel = 2, since = since, count = 50 }

    -- Nobody takes anything: the driver must not write over it.
    since = dma.last_event(vm)
    r = vm:run("stunt-dma submit --channel 2 --count 9 --size 3000 --entries 8 --keep --eventfd")
    expect.match(r.out, "full accepted=8 error=EAGAIN")
    expect.equal(r.values.completed, 9)
    expect.equal(r.values.signals, 9)
    expect.equal(r.values.overflow, 0)
    expect.event { device = "dma0", class = "job.done", channel = 2, since = since, count = 9 }

    r = vm:run("stunt-dma submit --entries 3")
    expect.equal(r.values.error, "EINVAL", "no power of two")
    r = vm:run("stunt-dma submit --channel 1 --size 2M --timeout-ns 1000000")
    expect.match(r.out, "n=0 channel=1 error=ETIMEDOUT")
    expect.event { device = "dma0", class = "reset", kind = "CHANNEL", channel = 1 }
    r = vm:run("stunt-dma submit --size 17M")
    expect.equal(r.values.error, "EMSGSIZE")
    dma.ok(vm, "submit --channel 1 --count 2 --size 8M")
    -- Whatever was refused, the device has as many holders as before.
    vm:rmmod("stunt_dma")
    expect.equal(vm.dma0:peek("CH_CTRL.ENABLE", 1), 0, "the channel is off")
  end,
}
