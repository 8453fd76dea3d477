-- SPDX-License-Identifier: GPL-2.0-or-later
-- What people do to a slot while the system sleeps. A card that is in when it wakes is what the guest remembers, whichever it is; one
-- that is not there, or not to be reached, its driver lets go.
local kernel = require "kernel"
local slot = require "slot"

local function asleep(vm, deed)
  vm:suspend("s3")
  vm:sleep("1s")
  deed()
  vm:sleep("1s")
  local r = vm:wake("button")
  expect.equal({ r.status, r.source }, { 0, "button" })
end

-- Nobody answers when the system wakes.
local ABSENT = { ["no card"] = true, ["link held down"] = true }

local DEEDS = {
  ["another card"] = function(vm)
    asleep(vm, function() vm.dma0:remove() vm.dma0:plug() end)
    expect.is_true(slot.bound(vm))
  end,
  ["no card"] = function(vm)
    asleep(vm, function() vm.dma0:remove() end)
    slot.until_away(vm)
    vm.dma0:plug()
    slot.until_bound(vm)
  end,
  ["link held down"] = function(vm)
    asleep(vm, function() vm.dma0:link("down") end)
    local r = vm:run("stunt-dma copy --channel 1 --size 4096")
    expect.is_true(r.status ~= 0, "there is nobody")
    vm.dma0:link("up")
    vm:sleep("5s")
    slot.until_bound(vm)
  end,
  ["link held down for a while"] = function(vm)
    asleep(vm, function() vm.dma0:link("down") vm:sleep("1s") vm.dma0:link("up") end)
    expect.is_true(slot.bound(vm))
  end,
}

return scenario {
  summary = "a card that is pulled out, swapped, or without a link while the system sleeps is let go when it is not there, and taken back",
  machine = { dma0 = "dma" },
  modules = { "stunt_dma" },
  deadline = "300s",
  run = function(vm)
    vm:snapshot("before")
    for name, deed in pairs(DEEDS) do
      if not (ABSENT[name] and kernel.unplug_breaks_resume(vm)) then
        vm:rewind("before")
        vm:step(name)
        deed(vm)
        slot.works(vm)
        expect.equal(vm.dma0:misuse(), 0, name)
      end
    end
  end,
}
