-- SPDX-License-Identifier: GPL-2.0-or-later
-- The kernel's own test of suspend, as far as the point at which all devices sleep: nobody touches the device in D3.
local mapped = require "mapped"
local power = require "power"

return scenario {
  summary = "a sleeping device is not touched, and goes on after it has woken",
  machine = { dma0 = "dma" },
  modules = { "stunt_dmacheck", { "stunt_dma", "watchdog_ms=4 health_ms=1" } },
  catches = { "touch_in_d3" },
  run = function(vm)
    mapped.load(vm)
    for _ = 1, 2 do
      power.down_and_up(vm)
      mapped.load(vm)
    end
    expect.event { device = "dma0", class = "power.enter", state = 3, count = 2 }
    expect.event { device = "dma0", class = "power.enter", state = 0, count = 2 }
    mapped.clean(vm)
  end,
}
