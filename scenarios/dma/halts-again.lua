-- SPDX-License-Identifier: GPL-2.0-or-later
-- A channel whose ring size does not arrive halts as soon as it is enabled. Found by a random plan: the driver restarted it at each
-- of these halts, in its interrupt thread, for good.
local dma = require "dma"

return scenario {
  summary = "a channel that halts again at each restart is given up, and a reset of the device brings it back",
  machine = { dma0 = "dma" },
  modules = { "stunt_dma" },
  run = function(vm)
    local stuck = vm.dma0:fault { at = "mmio.write", match = { offset = vm.dma0:offset("CH_RING_SIZE") }, nth = 1,
      action = "stick", params = { mask = 0xf } }
    vm:run("stunt-dma reset --channel 0", { timeout = "10s" })
    expect.equal(vm:run("stunt-dma copy --size 4096", { timeout = "10s" }).values.error, "ENODEV")
    expect.equal(#vm:kernel_log("channel 0: halts with nothing to do"), 1)
    expect.event { device = "dma0", class = "reset", kind = "CHANNEL", at_most = 20 }

    stuck:disarm()
    dma.write(vm, "/sys/bus/pci/devices/" .. dma.address(vm) .. "/reset", 1)
    dma.ok(vm, "copy --size 4096")
  end,
}
