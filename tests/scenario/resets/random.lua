-- SPDX-License-Identifier: GPL-2.0-or-later
-- Everything that follows the run's seed: the fault engine, the guest's random numbers, the harness's.
local tiny = require "lib.tiny"

return scenario {
  summary = "what is random follows the seed",
  machine = { dma0 = { type = "dma", bandwidth = 500000 } },
  modules = { "stunt_dma" },
  run = function(vm)
    vm.dma0:fault { at = "irq.raise", action = "delay", probability = 0.5, params = { ns = "3us" }, optional = true }
    tiny.sh(vm, "head -c 16 /dev/urandom | od -A n -t x1")
    vm:put("/tmp/bytes", vm:bytes(math.random(1, 5000)))
    tiny.sh(vm, "sha256sum /tmp/bytes; cat /proc/sys/kernel/random/uuid")
    expect.equal(vm:run("stunt-dma copy --count 5 --size 500").status, 0)
  end,
}
