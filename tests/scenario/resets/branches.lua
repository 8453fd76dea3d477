-- SPDX-License-Identifier: GPL-2.0-or-later
-- A script that goes back itself, and is left on a branch, with another machine than the rest.
local flight = require "lib.flight"

return scenario {
  summary = "snapshots of a script do not outlive it",
  machine = { dma0 = { type = "dma", bandwidth = 500000 }, memory = 128 },
  modules = { "stunt_dma" },
  run = function(vm)
    expect.error(function() vm:rewind("mine") end, "no snapshot 'mine'")
    flight.begin(vm, 2)
    vm:snapshot("mine")
    for i = 1, 2 do
      vm:rewind("mine")
      expect.equal(vm:run(("stunt-dma copy --channel 2 --size %d"):format(math.random(1, 50000))).status, 0)
    end
    vm:rewind("mine")
    vm:spawn("stunt-dma copy --channel 3 --size 40000")
    vm:sleep("1ms")
    expect.equal(flight.running(vm), 2)
  end,
}
