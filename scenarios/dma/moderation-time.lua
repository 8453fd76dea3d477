-- SPDX-License-Identifier: GPL-2.0-or-later
-- Interrupts by time: a completion is told exactly so long after it, and errors are told at once.
local dma = require "dma"
local pci = require "pci"

local CHANNEL, TIME_US = 2, 20000

local function last(vm, fields)
  fields.device = "dma0"
  local events = vm:events(fields)
  return events[#events]
end

-- Time from a channel's last completion to the interrupt that tells of it.
local function told_after(vm, vector)
  local raise = last(vm, { class = "irq.raise", vector = vector })
  return raise.time_ns - last(vm, { class = "job.done", channel = CHANNEL }).time_ns
end

return scenario {
  summary = "with moderation by time, an interrupt comes exactly at the limit, one for all until then, and errors at once",
  machine = { dma0 = "dma", cmdline = "iomem=relaxed" },
  modules = { "stunt_dma" },
  run = function(vm)
    local bar = pci.bar(vm, dma.address(vm))
    dma.ok(vm, ("copy --channel %d --size 64"):format(CHANNEL))
    expect.is_true(told_after(vm, "CH2_DONE") < ns("1us"), "at once without moderation")
    pci.poke(vm, bar + vm.dma0:offset("CH_MODERATE", CHANNEL), TIME_US << 16)
    expect.equal(vm.dma0:peek("CH_MODERATE.TIME_US", CHANNEL), TIME_US)

    local r = dma.ok(vm, ("copy --channel %d --size 64"):format(CHANNEL))
    expect.equal(r.values.data, "ok")
    expect.equal(told_after(vm, "CH2_DONE"), TIME_US * 1000)
    expect.is_true(r.virtual_ns > TIME_US * 1000)

    local before = dma.irq_counts(vm).CH2_DONE
    dma.ok(vm, ("copy --channel %d --threads 4 --size 64"):format(CHANNEL)) -- all within the time of the first
    expect.equal(dma.irq_counts(vm).CH2_DONE, before + 1)

    expect.equal(vm:run(("stunt-dma raw --channel %d --op 99"):format(CHANNEL)).values.status, "BAD_OP")
    expect.is_true(told_after(vm, "ERROR") < ns("1us"), "errors wait for nothing")
    expect.equal(vm.dma0:peek("CH_MODERATE", CHANNEL), 0, "a channel reset takes the limits away")
    expect.equal(vm:run("stunt-dma info").values.lost_irqs, 0)
  end,
}
