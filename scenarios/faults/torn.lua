-- SPDX-License-Identifier: GPL-2.0-or-later
-- A bus that splits a write, and keeps the second half for a while. What was written in one piece is seen in two.
local bounce = require "bounce"
local dma = require "dma"

local LATER = ns("50ms")

local function tear(vm, what, len)
  return vm.dma0:fault { at = "dma.write", match = { what = what, channel = bounce.CHANNEL }, nth = 1, action = "tear",
    params = { len = len, ns = LATER } }
end

return scenario {
  summary = "half a completion record is none, and its other half is found; half of the data is told by its sum alone",
  machine = { dma0 = "dma" },
  modules = { { "stunt_dma", "watchdog_ms=20" } },
  proves = { ["dma.write tear"] = "the record's phase comes last, so the driver waits for it; its watchdog finds it without the interrupt" },
  run = function(vm)
    local read = bounce.reader(vm)
    bounce.fill(vm, bounce.A)
    tear(vm, "DATA", 1000)
    bounce.fill(vm, bounce.B)
    expect.equal(read(), "neither", "told done in between")
    vm:sleep("50ms")
    expect.equal(read(), "B")

    for len = 0, 15 do
      local before = dma.read(vm, "lost_irqs")
      tear(vm, "COMP", len)
      local r = dma.ok(vm, ("copy --channel %d --size 4096"):format(bounce.CHANNEL))
      expect.equal(r.values.data, "ok")
      expect.is_true(r.virtual_ns >= LATER, "not before the record was whole, torn at " .. len)
      expect.equal(dma.read(vm, "lost_irqs") - before, 1, "its interrupt came too early")
    end
    local info = vm:run("stunt-dma info").values
    expect.equal({ info.timeouts, info.errors, info.resets }, { 0, 0, 0 })
  end,
}
