-- SPDX-License-Identifier: GPL-2.0-or-later
-- A bridge with its byte lanes crossed.
local bounce = require "bounce"

local FROM, TO, TURNED = 0, 8192, 16384

return scenario {
  summary = "data with its bytes in the wrong order is told by its sum alone, and the next transfer is right",
  machine = { dma0 = "dma" },
  modules = { "stunt_dma" },
  proves = {
    ["dma.read swap"] = "the caller is told of success; the sum over the copy is that of the turned bytes",
    ["dma.write swap"] = "the same",
  },
  run = function(vm)
    bounce.fill(vm, 0x0102030405060708, FROM)
    bounce.fill(vm, 0x0807060504030201, TURNED)
    for _, at in ipairs { "dma.read", "dma.write" } do
      vm.dma0:fault { at = at, match = { what = "DATA", channel = bounce.CHANNEL }, nth = 1, action = "swap" }
      bounce.copy(vm, FROM, TO)
      expect.equal(bounce.sum(vm, TO), bounce.sum(vm, TURNED), at)
      bounce.copy(vm, FROM, TO)
      expect.equal(bounce.sum(vm, TO), bounce.sum(vm, FROM), at .. ", once more")
    end
    expect.equal(vm:run("stunt-dma info").values.errors, 0)
  end,
}
