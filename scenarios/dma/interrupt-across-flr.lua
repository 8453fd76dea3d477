-- SPDX-License-Identifier: GPL-2.0-or-later
-- An interrupt is under way when the function is reset: it does not come out on the other side.
local dma = require "dma"

return scenario {
  summary = "a function level reset swallows what was under way, a glitch meanwhile harms nothing, and the driver works on",
  machine = { dma0 = "dma" },
  modules = { { "stunt_dma", "watchdog_ms=10000 job_timeout_ms=10000" } },
  run = function(vm)
    local sysfs = "/sys/bus/pci/devices/" .. dma.address(vm)
    dma.write(vm, sysfs .. "/reset_method", "flr")
    vm.dma0:fault { at = "irq.raise", match = { vector = "CH0_DONE" }, nth = 1, action = "delay", params = { ns = "150ms" } }
    local copy = vm:spawn("stunt-dma copy --channel 0 --size 4096")
    vm:sleep("50ms")
    expect.event { device = "dma0", class = "job.done", channel = 0, count = 1 }
    expect.is_true(not copy:done(), "its interrupt is under way")

    local flr = vm.dma0:fault { at = "reset", match = { kind = "FLR" }, nth = 1, action = "mark" }
    vm.dma0:fault { at = "cfg.write", after = flr, nth = 1, action = "pause", -- the kernel puts the function in order again
      on_pause = function(there) there.dma0:interrupt("CH0_DONE") end }
    dma.write(vm, sysfs .. "/reset", "1")
    vm:wait(copy)
    local reset = vm:events { device = "dma0", class = "reset", kind = "FLR" }[1]
    vm:sleep("1s") -- the interrupt's time has come and gone
    expect.event { device = "dma0", class = "irq.raise", mode = 0, since = reset.seq, count = 1, message = "the glitch" }
    expect.event { device = "dma0", class = "irq.raise", mode = 2, since = reset.seq, count = 0 }

    for channel = 0, 3 do
      dma.ok(vm, ("copy --channel %d --size 20000"):format(channel))
    end
    local info = vm:run("stunt-dma info").values
    expect.equal({ info.spurious_irqs, info.timeouts }, { 0, 0 })
    expect.equal(vm.dma0:misuse(), 0, "nobody touched it before it was ready")
  end,
}
