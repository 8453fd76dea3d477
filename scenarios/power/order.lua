-- SPDX-License-Identifier: GPL-2.0-or-later
-- Who sleeps first: as the kernel itself tells when it is asked to (pm_print_times).
local dma = require "dma"
local power = require "power"
local registry = require "registry"
local slot = require "slot"

-- Places in the log of the calls that put devices to sleep and wake them: { suspend = { NAME = place }, resume = … }.
local function calls(vm)
  local places = { suspend = {}, resume = {} }
  for i, line in ipairs(vm:kernel_log("calling ")) do
    local name, call = line.text:match("(%S+): PM: calling %S-_(%a+)[+ ]")
    if name and places[call] then
      places[call][name] = i
    end
  end
  return places
end

local function before(places, first, second, what)
  expect.is_true(places[first] and places[second], ("%s of %s and %s was called"):format(what, first, second))
  expect.is_true(places[first] < places[second], ("%s: %s before %s"):format(what, first, second))
end

return scenario {
  summary = "children sleep before their parents and wake after them: the engine and its port, ports and their hub",
  machine = { dma0 = "dma" },
  modules = { "stunt_dma" },
  run = function(vm)
    vm:insmod("stunt_nub")
    vm:insmod("stunt_hub")
    expect.equal(registry.write(vm, "/sys/devices/stunt_nub/new_device", "hub ports=2"), nil)
    dma.write(vm, "/sys/power/pm_print_times", 1)
    expect.equal(power.suspend(vm).status, 0)
    local places = calls(vm)
    for child, parent in pairs { [slot.DEVICE] = slot.PORT, ["stunt_hub.port.0"] = "stunt_nub.hub.0", ["stunt_hub.port.1"] = "stunt_nub.hub.0" } do
      before(places.suspend, child, parent, "suspend")
      before(places.resume, parent, child, "resume")
    end
  end,
}
