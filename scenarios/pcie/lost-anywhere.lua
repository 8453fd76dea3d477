-- SPDX-License-Identifier: GPL-2.0-or-later
-- What can happen to slot and link, at the first event of each class in a job, each time from the same state.
local slot = require "slot"

local CLASSES = { "mmio.read", "mmio.write", "dma.read", "dma.write", "irq.raise", "job.start", "job.done" }
local LOSSES = { ["link-down"] = "jobs end with ENODEV, the driver is unbound", ["power-off"] = "the same, and the power fault is told" }
local HARMLESS = { ["plug"] = "nothing: a card is in", ["link-up"] = "nothing: the link is up",
                   ["aer"] = "nothing: AER counts what was corrected" }

local function proofs()
  local all = {}
  for _, class in ipairs(CLASSES) do
    all[class .. " unplug"] = "five seconds later the driver is unbound, the slot switched off; what runs until then ends well"
    for _, actions in ipairs { LOSSES, HARMLESS } do
      for action, what in pairs(actions) do
        all[class .. " " .. action] = what
      end
    end
  end
  return all
end

local function rule(vm, class, action)
  return vm.dma0:fault { id = action .. "-" .. class, at = class, nth = 1, action = action,
                         params = action == "aer" and { severity = 0 } or nil }
end

local function lose(vm, class, action)
  rule(vm, class, action)
  local r = vm:run("stunt-dma copy --channel 0 --size 4096")
  expect.is_true(r.values.error == "ENODEV" or (r.status == 0 and r.values.data == "ok"), action .. " " .. class .. ": " .. r.out)
  slot.until_away(vm, "5s")
  expect.equal(vm.dma0:misuse(), 0, action .. " " .. class)
end

local function unplug(vm, class)
  rule(vm, class, "unplug")
  expect.equal(vm:run("stunt-dma copy --channel 0 --size 4096").values.data, "ok", "unplug " .. class)
  slot.until_away(vm, "10s")
  expect.equal(vm.dma0:misuse(), 0, "unplug " .. class)
end

return scenario {
  summary = "link and power lost at any event of a job end it with ENODEV, an orderly unplug lets it end; what finds nothing to do, or is corrected, harms nothing",
  machine = { dma0 = "dma" },
  modules = { "stunt_dma" },
  proves = proofs(),
  run = function(vm)
    vm:snapshot("before")
    for action in pairs(LOSSES) do
      for _, class in ipairs(CLASSES) do
        vm:rewind("before")
        lose(vm, class, action)
      end
    end
    for _, class in ipairs(CLASSES) do
      vm:rewind("before")
      unplug(vm, class)
    end
    for action in pairs(HARMLESS) do
      vm:rewind("before")
      for _, class in ipairs(CLASSES) do
        rule(vm, class, action)
      end
      expect.equal(vm:run("stunt-dma copy --channel 0 --size 4096").values.data, "ok", action)
      expect.is_true(vm.dma0:is_there())
    end
  end,
}
