-- SPDX-License-Identifier: GPL-2.0-or-later
-- A fault that did not happen proves nothing: the run is INVALID, however well the driver did.
return scenario {
  summary = "a rule that never fires makes the run INVALID",
  machine = { dma0 = "dma" },
  modules = { "stunt_dma" },
  verdict = "INVALID",
  run = function(vm)
    vm.dma0:fault { id = "never", at = "irq.raise", match = { vector = "CH1_DONE" }, nth = 1, action = "drop" }
    expect.equal(vm:run("stunt-dma copy --channel 0 --size 4096").status, 0)
  end,
}
