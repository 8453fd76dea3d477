-- SPDX-License-Identifier: GPL-2.0-or-later
-- Makes a DMA engine have an event of each class that it can have. The driver is loaded with provoke.load(); classes that only
-- an unbound device shows are in provoke.bare, the others in provoke.bound.
local dma = require "dma"
local pci = require "pci"
local slot = require "slot"

local ADDRESS = "0000:01:00.0"
local MARK = "/sys/class/misc/stunt-link/mark"

-- What the scenarios that use this run on: the driver's test of cyclic transfers wants two devices, and only a port without hot
-- plug contains errors.
local provoke = { bare = {}, bound = {} }

function provoke.machine()
  return { dma0 = { type = "dma", bandwidth = 20000000 }, dma1 = { type = "dma", port = "dpc=on,hotplug=off" } }
end

-- The guest marks a point on the timeline: link.mark.
function provoke.mark(vm)
  expect.equal(vm:run({ "sh", "-c", "echo 7 > " .. MARK }).status, 0)
end

function provoke.load(vm)
  vm:insmod("stunt_dmacheck")
  vm:insmod("stunt_dma", "health_ms=10")
end

local function copy(vm)
  dma.ok(vm, "copy --channel 1 --size 64")
end

-- The registers' address, with decoding switched on.
local function bar(vm)
  dma.write(vm, "/sys/bus/pci/devices/" .. ADDRESS .. "/enable", "1")
  return pci.bar(vm, ADDRESS)
end

local function sleep_and_wake(vm) vm:suspend("freeze", { test = "platform" }) end

local function reload_with_line(vm)
  vm:rmmod("stunt_dma")
  vm:insmod("stunt_dma", "irq_mode=intx")
  copy(vm)
end

provoke.bare["misuse"] = function(vm) pci.poke(vm, bar(vm) + vm.dma0:offset("ID"), 1) end
provoke.bare["msix.read"] = function(vm) pci.peek(vm, bar(vm) + 0x2000) end
provoke.bare["msix.write"] = function(vm) pci.poke(vm, bar(vm) + 0x200c, 1) end
provoke.bare["pba.read"] = function(vm) pci.peek(vm, bar(vm) + 0x3000) end
provoke.bare["dma.check"] = provoke.load
provoke.bare["reset"] = provoke.load

provoke.bound["cfg.read"] = function(vm) pci.read(vm, ADDRESS, 0, 4) end
provoke.bound["cfg.write"] = function(vm) pci.command(vm, ADDRESS, 0x100, true) end
provoke.bound["power.enter"] = sleep_and_wake
provoke.bound["power.exit"] = sleep_and_wake
provoke.bound["irq.lower"] = reload_with_line
provoke.bound["job.period"] = function(vm) vm:insmod("stunt_dma_test", "only=cyclic") end
provoke.bound["fault"] = function(vm)
  vm.dma0:fault { at = "job.start", action = "mark" }
  copy(vm)
end
-- One error, one job that meets it.
local function report(vm, device, number, severity)
  local rule = device:fault { at = "dma.read", nth = 1, action = "aer", params = { severity = severity, bit = severity == 0 and 7 or 4 } }
  vm:run(("stunt-dma copy --device /dev/stunt-dma%d --channel 1 --size 64"):format(number))
  vm:sleep("2s")
  rule:disarm()
end

local function pull_out(vm)
  local rule = vm.dma0:fault { at = "job.start", nth = 1, action = "surprise-remove" }
  expect.equal(vm:run("stunt-dma copy --channel 1 --size 64").values.error, "ENODEV")
  slot.until_away(vm)
  rule:disarm()
end

provoke.bound["aer"] = function(vm) report(vm, vm.dma0, 0, 0) end
provoke.bound["port.irq"] = provoke.bound["aer"]
provoke.bound["dpc"] = function(vm) report(vm, vm.dma1, 1, 2) end
provoke.bound["link"] = pull_out
provoke.bound["slot"] = pull_out
for _, class in ipairs { "mmio.read", "mmio.write", "dma.read", "dma.write", "irq.raise", "job.start", "job.done", "dma.map", "dma.unmap" } do
  provoke.bound[class] = copy
end

-- Where the events of a class come from.
function provoke.device(class)
  return class == "dpc" and "dma1" or "dma0"
end

-- All classes, in an order that is always the same.
function provoke.classes()
  local names = {}
  for _, kind in ipairs { provoke.bare, provoke.bound } do
    for class in pairs(kind) do
      names[#names + 1] = class
    end
  end
  table.sort(names)
  return names
end

-- Calls f(class, function that has the event happen) for each class, each time from the same state.
function provoke.each(vm, f)
  local function branches(name, kind)
    vm:snapshot(name)
    for _, class in ipairs(provoke.classes()) do
      if kind[class] then
        vm:rewind(name)
        f(class, function() kind[class](vm) end)
      end
    end
    vm:rewind(name)
  end
  branches("bare", provoke.bare)
  provoke.load(vm)
  branches("bound", provoke.bound)
end

-- All of them, one after the other.
function provoke.all(vm)
  for _, class in ipairs(provoke.classes()) do
    if provoke.bare[class] and provoke.bare[class] ~= provoke.load then
      provoke.bare[class](vm)
    end
  end
  provoke.load(vm)
  for _, class in ipairs(provoke.classes()) do
    if provoke.bound[class] and class ~= "fault" and provoke.bound[class] ~= pull_out then
      provoke.bound[class](vm)
    end
  end
  pull_out(vm) -- nothing comes after it
end

-- With an action that breaks nothing on every class at once each event is seen, and each match fires.
function provoke.watch(vm, action)
  local rules = { vm.link:fault { at = "link.ask", action = action }, vm.link:fault { at = "link.mark", action = action } }
  for _, class in ipairs(provoke.classes()) do
    rules[#rules + 1] = vm[provoke.device(class)]:fault { id = class, at = class, action = action }
  end
  provoke.mark(vm)
  provoke.all(vm)
  for _, rule in ipairs(rules) do
    local status = rule:status()
    expect.is_true(status.fired > 0, status.id)
    expect.equal(status.fired, status.matched, status.id)
  end
end

-- { ["CLASS ACTION"] = what } for each class.
function provoke.proofs(action, what)
  local proofs = { ["link.ask " .. action] = what, ["link.mark " .. action] = what }
  for _, class in ipairs(provoke.classes()) do
    proofs[class .. " " .. action] = what
  end
  return proofs
end

return provoke
