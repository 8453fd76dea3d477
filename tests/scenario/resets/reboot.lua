-- SPDX-License-Identifier: GPL-2.0-or-later
-- With transfers under way, the guest resets the machine.
return scenario {
  summary = "after a reset by the guest the next run finds all as it was",
  machine = { dma0 = { type = "dma", bandwidth = 4000000 } },
  modules = { "stunt_dma" },
  verdict = "FAIL",
  run = function(vm)
    vm:spawn("stunt-dma copy --threads 4 --size 300000")
    vm:sleep("10ms")
    vm:run("reboot -f")
  end,
}
