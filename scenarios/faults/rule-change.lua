-- SPDX-License-Identifier: GPL-2.0-or-later
-- A rule is changed and removed while the machine stands still: it keeps its name and its number, and counts anew.
local dma = require "dma"

return scenario {
  summary = "an armed rule can be changed in its place, counts from there on, and is proved in each of its lives",
  machine = { dma0 = "dma" },
  modules = { { "stunt_dma", "watchdog_ms=20" } },
  run = function(vm)
    local function copy(channel)
      return dma.ok(vm, "copy --size 64 --channel " .. channel)
    end
    local rule = vm.dma0:fault { id = "it", at = "irq.raise", match = { vector = "CH1_DONE" }, nth = 2, action = "drop" }
    copy(1)
    copy(1)
    expect.equal(vm:run("stunt-dma info").values.lost_irqs, 1)

    rule:change { match = { vector = "CH2_DONE" } }
    expect.equal(rule:status().matched, 0, "it counts anew")
    copy(1)
    copy(2)
    expect.equal(rule:status().fired, 0, "nth stays: the second")
    copy(2)
    expect.equal(rule:status().fired, 1)
    expect.equal(vm:run("stunt-dma info").values.lost_irqs, 2)

    rule:change { nth = 1, action = "delay", params = { ns = "5ms" } }
    local late, plain = copy(2).virtual_ns, copy(2).virtual_ns
    expect.between(late - plain, ns("4ms"), ns("6ms"), "late by so much")
    local numbers = {}
    for _, event in ipairs(vm:events { device = "dma0", class = "fault" }) do
      numbers[#numbers + 1] = event.fields.rule
    end
    expect.equal(numbers, { 1, 1, 1 }, "one rule")

    expect.error(function() rule:change { action = "hang" } end, "does not apply to irq.raise")
    expect.error(function() rule:change { match = { vector = 9 } } end, "can never be 9")
    expect.error(function() rule:change { at = "reset" } end, "unknown field 'at'")
    rule:disarm()
    expect.error(function() rule:change { nth = 1 } end, "is disarmed")
    expect.between(copy(2).virtual_ns, 0, plain + ns("1ms"), "no more")
    expect.error(function() vm.dma0:fault { at = "irq.raise", match = { vector = 9 }, action = "drop" } end, "0 to 5, it can never be 9")
    expect.error(function() vm.dma0:fault { at = "link.mark", action = "mark" } end, "no events of class link.mark")
  end,
}
