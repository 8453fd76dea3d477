-- SPDX-License-Identifier: GPL-2.0-or-later
-- Moderation as the driver's user sets it: fewer interrupts than completions, nothing late for good, nothing taken for lost.
local dma = require "dma"
local kernel = require "kernel"

local function set(vm, name, value)
  dma.write(vm, ("/sys/bus/pci/devices/%s/coalesce_%s"):format(dma.address(vm), name), value)
  expect.equal(dma.read(vm, "coalesce_" .. name), value)
end

local function refuses(vm, name, value)
  local r = vm:run({ "sh", "-c", ("echo %s > /sys/bus/pci/devices/%s/coalesce_%s"):format(value, dma.address(vm), name) })
  expect.not_equal(r.status, 0, "coalesce_" .. name .. " " .. value)
  expect.match(r.err, "Invalid argument")
end

local function programmed(vm, jobs, time_us)
  for channel = 0, 3 do
    expect.equal(vm.dma0:peek("CH_MODERATE.JOBS", channel), jobs)
    expect.equal(vm.dma0:peek("CH_MODERATE.TIME_US", channel), time_us)
  end
end

-- Interrupts of channel 0 for the jobs of four threads.
local function interrupts(vm)
  local since = dma.last_event(vm)
  dma.ok(vm, "copy --channel 0 --threads 4 --count 4 --size 4096")
  expect.event { device = "dma0", class = "job.done", channel = 0, since = since, count = 16 }
  return expect.event { device = "dma0", class = "irq.raise", vector = "CH0_DONE", since = since }
end

return scenario {
  summary = "coalesce_count and coalesce_usecs moderate all channels, outlast a reset, and a held-back interrupt is not lost",
  machine = { dma0 = "dma" },
  modules = { { "stunt_dma", "watchdog_ms=20" } },
  run = function(vm)
    kernel.needs_full_speed(vm)
    expect.equal(interrupts(vm), 16, "not moderated")
    set(vm, "count", 4)
    set(vm, "usecs", 2000)
    programmed(vm, 4, 2000)
    expect.is_true(interrupts(vm) <= 8, "moderated")

    local r = dma.ok(vm, "copy --channel 1 --size 4096") -- too few to count: the time is up
    local done = vm:events { device = "dma0", class = "job.done", channel = 1 }
    local raised = vm:events { device = "dma0", class = "irq.raise", vector = "CH1_DONE" }
    expect.between(raised[1].time_ns - done[1].time_ns, ns("1900us"), ns("2100us"), "held back for 2 ms")
    expect.is_true(r.virtual_ns > ns("2ms"))

    set(vm, "usecs", 60000) -- three watchdogs long
    dma.ok(vm, "copy --channel 2 --size 4096")
    expect.equal(dma.read(vm, "lost_irqs"), 0, "held back is not lost")
    vm.dma0:fault { at = "irq.raise", match = { vector = "CH2_DONE" }, nth = 1, action = "drop" }
    dma.ok(vm, "copy --channel 2 --size 4096")
    expect.equal(dma.read(vm, "lost_irqs"), 1, "but this one is")

    set(vm, "usecs", 0) -- without a limit the watchdog takes what is there
    expect.is_true(dma.ok(vm, "copy --channel 3 --size 4096").virtual_ns < ns("60ms"))
    expect.equal(dma.read(vm, "lost_irqs"), 1)

    local address = dma.address(vm)
    dma.write(vm, "/sys/bus/pci/devices/" .. address .. "/reset_method", "flr")
    dma.write(vm, "/sys/bus/pci/devices/" .. address .. "/reset", "1")
    programmed(vm, 4, 0)
    refuses(vm, "count", 256)
    refuses(vm, "count", "four")
    refuses(vm, "usecs", 65536)
    refuses(vm, "usecs", -1)
    expect.kernel_log("coalesce_usecs is a number from 0 to 65535")
    programmed(vm, 4, 0)
  end,
}
