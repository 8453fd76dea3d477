-- SPDX-License-Identifier: GPL-2.0-or-later
-- What was mapped of the device is taken back when it is unbound or does not answer any more.
local dma = require "dma"

local places = { "bar", "bounce", "ring", "comps" }

local function hold_all(vm)
  local held = {}
  for i, place in ipairs(places) do
    held[i] = vm:spawn(("stunt-dma map --what %s --size 4k --hold-ms 20000"):format(place))
  end
  vm:sleep("20ms")
  return held
end

local function all_taken_back(vm, held)
  for i, place in ipairs(places) do
    local r = vm:wait(held[i])
    expect.match(r.out, "touch signal=none", place)
    expect.match(r.out, "after signal=SIGBUS", place)
    expect.match(r.out, "again error=ENODEV", place)
  end
end

return scenario {
  summary = "mappings of a device that is unbound or gone give SIGBUS, new ones ENODEV; the completion queue stays",
  machine = { dma0 = { type = "dma", bandwidth = 2000000 } },
  modules = { { "stunt_dma", "watchdog_ms=20 job_timeout_ms=100" } },
  catches = { "map_not_zapped" },
  run = function(vm)
    local address = dma.address(vm)
    local held = hold_all(vm)
    local queue = vm:spawn("stunt-dma submit --channel 3 --count 4 --size 64k --entries 4 --hold-ms 500")
    dma.until_busy(vm, 3)
    vm:sleep("30ms")
    dma.write(vm, "/sys/bus/pci/drivers/stunt_dma/unbind", address)
    expect.equal(vm.dma0:peek("CH_CTRL.ENABLE", 3), 0, "the channel is off")
    local since = dma.last_event(vm)
    all_taken_back(vm, held)
    local r = vm:wait(queue)
    expect.match(r.out, "n=3 channel=3 error=ENODEV", "completions are read when the device is no longer there")
    expect.equal(r.values.completed, 4)
    expect.equal(r.values.overflow, 0)
    expect.no_event { device = "dma0", class = "mmio.read", since = since, message = "a register read through a mapping" }

    dma.write(vm, "/sys/bus/pci/drivers/stunt_dma/bind", address)
    held = hold_all(vm)
    vm.dma0:fault { at = "mmio.read", action = "ones" }
    expect.equal(vm:run("stunt-dma copy --size 4096").values.error, "ENODEV")
    all_taken_back(vm, held)
  end,
}
