-- SPDX-License-Identifier: GPL-2.0-or-later
-- The script ends while the machine stands at an event, inside of the driver's access to the device.
return scenario {
  summary = "a machine can be left where a rule has stopped it",
  machine = { dma0 = { type = "dma", bandwidth = 500000 } },
  modules = { "stunt_dma" },
  verdict = "FAIL",
  run = function(vm)
    local class = ({ "mmio.write", "dma.read", "irq.raise", "job.done" })[math.random(4)]
    vm.dma0:fault { at = class, nth = math.random(2), action = "pause", on_pause = function() fail("left here") end }
    vm:run("stunt-dma copy --count 2 --size 10000")
  end,
}
