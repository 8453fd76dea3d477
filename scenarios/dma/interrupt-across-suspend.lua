-- SPDX-License-Identifier: GPL-2.0-or-later
-- The machine goes to sleep under a running transfer, and an interrupt comes just when the driver has made the device quiet.
-- The caller, which sleeps in the kernel, is woken to be frozen; its call starts over afterwards.
local dma = require "dma"
local power = require "power"

local function across(vm, parameters)
  vm:insmod("stunt_dma", parameters)
  local copy = vm:spawn("stunt-dma copy --channel 2 --size 400000")
  dma.until_busy(vm, 2)
  local since = dma.last_event(vm)
  local asleep = vm.dma0:fault { at = "mmio.write", match = { offset = "CTRL", value = 0 }, nth = 1, action = "pause",
    on_pause = function(there) there.dma0:interrupt("CH2_DONE") end }
  power.down_and_up(vm)
  expect.equal(asleep:status().fired, 1)
  expect.event { device = "dma0", class = "power.enter", state = 3, since = since, count = 1 }
  local awake = vm:events { device = "dma0", class = "power.enter", state = 0, since = since }
  local down = vm:events { device = "dma0", class = "mmio.write", offset = "CTRL", value = 0, since = since }[1]
  for _, read in ipairs(vm:events { device = "dma0", class = "mmio.read", offset = "INT_STATUS", since = down.seq }) do
    expect.is_true(read.seq > awake[1].seq, "no handler touches the device while it is down")
  end

  local r = vm:wait(copy)
  expect.equal({ r.status, r.values.data }, { 0, "ok" }, r.out)
  for channel = 0, 3 do
    dma.ok(vm, ("copy --channel %d --size 4096"):format(channel))
  end
  local info = vm:run("stunt-dma info").values
  expect.equal({ info.lost_irqs, info.timeouts, info.errors }, { 0, 0, 0 })
  vm:rmmod("stunt_dma")
end

return scenario {
  summary = "interrupts around sleep neither touch a device that is down nor lose the transfer that was under way",
  machine = { dma0 = { type = "dma", bandwidth = 4000000 } },
  run = function(vm)
    across(vm, "irq_mode=msix")
    across(vm, "irq_mode=intx threaded=0")
  end,
}
