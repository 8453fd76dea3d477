-- SPDX-License-Identifier: GPL-2.0-or-later
-- Interrupts of periods that are late, doubled or lost: the device counts periods, so the client still hears of each one once.
return scenario {
  summary = "late, lost and doubled period interrupts cost no period and make none up",
  machine = { dma0 = { type = "dma", bandwidth = 20000000 }, dma1 = "dma" },
  modules = { { "stunt_dma", "watchdog_ms=20" } },
  catches = { "wrong_period" },
  run = function(vm)
    local function break_irq(nth, action, params)
      return vm.dma0:fault { at = "irq.raise", match = { vector = "CH0_DONE" }, nth = nth, action = action, params = params }
    end
    local rules = {
      break_irq(3, "delay", { ns = 900000 }), -- four periods long
      break_irq(4, "drop"),
      break_irq(5, "drop"),
      break_irq(9, "duplicate"),
    }
    vm:insmod("stunt_dma_test", "only=cyclic")
    expect.equal(#vm:kernel_log("stunt_dma_test: ok 2"), 1, "the client was told of each period once")
    for _, rule in ipairs(rules) do
      expect.equal(rule:status().fired, 1)
    end
    expect.event { device = "dma0", class = "job.period", at_least = 54 }
    vm:rmmod("stunt_dma_test")
  end,
}
