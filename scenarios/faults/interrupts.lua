-- SPDX-License-Identifier: GPL-2.0-or-later
-- An interrupt too many, on another vector, or later; one that comes before the record which it announces.
local dma = require "dma"

local VECTOR = { vector = "CH1_DONE" }

local function copy(vm, rule)
  rule.at, rule.match, rule.nth = rule.at or "irq.raise", rule.match or VECTOR, 1
  local before = vm:run("stunt-dma info").values
  vm.dma0:fault(rule)
  local r = dma.ok(vm, "copy --channel 1 --size 4096")
  vm:sleep("20ms")
  local after = vm:run("stunt-dma info").values
  return { lost = after.lost_irqs - before.lost_irqs, spurious = after.spurious_irqs - before.spurious_irqs, ns = r.virtual_ns }
end

return scenario {
  summary = "interrupts without a cause do no harm, and one ahead of its record is made up for by the watchdog",
  machine = { dma0 = "dma" },
  modules = { "stunt_dma" },
  proves = {
    ["irq.raise spurious"] = "the other vector finds nothing to do and counts it",
    ["irq.raise before-data"] = "the handler finds no record, the watchdog finds it later",
  },
  run = function(vm)
    local seen = copy(vm, { action = "spurious", params = { vector = 3 } })
    expect.equal({ seen.lost, seen.spurious }, { 0, 1 })
    seen = copy(vm, { action = "duplicate", params = { ns = "10ms" } })
    expect.equal({ seen.lost, seen.spurious }, { 0, 1 }, "the second comes when all is done")

    for _, rule in ipairs {
      { action = "before-data", params = { ns = "5ms" } },
      { at = "dma.write", match = { what = "COMP", channel = 1 }, action = "reorder", params = { ns = "5ms" } },
    } do
      seen = copy(vm, rule)
      expect.equal({ seen.lost, seen.spurious }, { 1, 0 }, rule.action)
      expect.between(seen.ns, ns("5ms"), ns("300ms"), "the watchdog looks every 100 ms")
    end
    local signal = vm:events { device = "dma0", class = "irq.raise", vector = "CH1_DONE" }
    local record = vm:events { device = "dma0", class = "dma.write", what = "COMP", channel = 1 }
    expect.is_true(record[#record].seq > signal[#signal].seq, "the record is the last to come")
  end,
}
