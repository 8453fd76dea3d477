-- SPDX-License-Identifier: GPL-2.0-or-later
-- The link goes down for five milliseconds in the middle of a transfer.
local dma = require "dma"
local slot = require "slot"

return scenario {
  summary = "a link that is down for a moment costs the work under way; the kernel brings slot and driver back by itself",
  machine = { dma0 = "dma" },
  modules = { "stunt_dma" },
  proves = { ["dma.write link-down"] = "pciehp unbinds the driver, resets slot and device, and binds it again" },
  run = function(vm)
    local flap = vm.dma0:fault { at = "dma.write", nth = 3, action = "link-down", params = { ns = "5ms" } }
    local r = vm:run("stunt-dma copy --channel 0 --size 1M")
    expect.equal(r.values.error, "ENODEV", r.out)
    local down = vm:events { device = "dma0", class = "link", up = 0 }[1]
    expect.equal(down.fields.present, 1)
    slot.until_true(vm, "the link is up", "10s", function() return vm.dma0:is_there() end)
    slot.until_bound(vm)
    expect.event { device = "dma0", class = "port.irq", cause = 0, since = down.seq }
    expect.no_event { device = "dma0", class = "slot", present = 0 }
    slot.works(vm)
    expect.equal({ flap:status().fired, vm.dma0:misuse() }, { 1, 0 })
  end,
}
