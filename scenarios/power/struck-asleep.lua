-- SPDX-License-Identifier: GPL-2.0-or-later
-- Unbinding, resets, errors and loss of a device that sleeps, or is just going to sleep or waking, by itself or with the system.
local dma = require "dma"
local kernel = require "kernel"
local power = require "power"
local slot = require "slot"

-- By severity: the driver's call-backs.
local ERRORS = { correctable = "", nonfatal = "DETECTED_NORMAL MMIO_ENABLED RESUME", fatal = "DETECTED_FROZEN SLOT_RESET RESUME" }

local function unbind(vm)
  dma.write(vm, "/sys/bus/pci/drivers/stunt_dma/unbind", slot.DEVICE)
  dma.write(vm, "/sys/bus/pci/drivers/stunt_dma/bind", slot.DEVICE)
end

local function reset(vm, method)
  dma.write(vm, slot.SYSFS .. "/reset_method", method)
  dma.write(vm, slot.SYSFS .. "/reset", 1)
end

local function replug(vm)
  slot.until_away(vm, "20s")
  vm.dma0:plug()
  slot.until_bound(vm)
end

-- By name: what is done to the device, how the guest gets it back, and whether a job is lost by it.
local STRIKES = {
  ["unbound"] = { after = unbind },
  ["function reset"] = { after = function(vm) reset(vm, "flr") end },
  ["bus reset"] = { after = function(vm) reset(vm, "bus") end },
  ["pulled out"] = { strike = function(vm) vm.dma0:remove() end, after = replug, loses = true },
  ["unplugged"] = { strike = function(vm) vm.dma0:unplug() end, after = function(vm) slot.until_out(vm) replug(vm) end },
  ["link down"] = { loses = true, strike = function(vm) vm.dma0:link("down") end, after = function(vm)
    slot.until_away(vm, "20s")
    vm.dma0:link("up")
    slot.until_bound(vm)
  end, after_system = function(vm) -- that it went may not be noticed, that it comes is
    vm.dma0:link("up")
    vm:sleep("5s")
    slot.until_bound(vm)
  end },
}

for severity, calls in pairs(ERRORS) do
  STRIKES[severity .. " error"] = { strike = function(vm) vm.dma0:aer { severity = severity } end,
    after = function(vm) vm:sleep("2s") end, calls = calls }
end

-- Linux' service of errors reads and clears a device's status whatever state that is in: in the middle of a change of states
-- too early. Nobody else does that, and nobody touches registers.
local function check_misuse(vm, what, reported)
  local early = vm:events { device = "dma0", class = "misuse", kind = "TOO_EARLY" }
  expect.equal(vm.dma0:misuse(), reported and #early or 0, what)
  for _, event in ipairs(early) do
    expect.match(vm:events { device = "dma0", since = event.seq }[1].class, "^cfg%.", what)
  end
end

-- Bound, working, and asleep again when it has nothing to do; in all that nobody touched it asleep.
local function is_well(vm, what, reported)
  slot.works(vm)
  power.auto(vm)
  vm:sleep("500ms")
  power.asleep(vm, what)
  slot.works(vm)
  check_misuse(vm, what, reported)
end

local function asleep(vm, name, one)
  vm:step(name .. " while it sleeps")
  if one.strike then
    one.strike(vm)
  end
  one.after(vm)
  expect.equal(slot.calls(vm, 0), one.calls or "", name)
  is_well(vm, name)
end

local function strike_at(vm, one, state)
  return vm.dma0:fault { at = "power.enter", match = { state = state }, nth = 1, action = "pause", on_pause = one.strike }
end

-- At the moment of the order to sleep or to wake, with a job on its way then.
local function in_between(vm, name, one, state)
  vm:step(("%s on the way to D%d"):format(name, state))
  if state == power.D3HOT then
    slot.works(vm)
  end
  local rule = strike_at(vm, one, state)
  local job = vm:spawn("sh -c 'sleep 0.105; stunt-dma copy --channel 1 --size 4096'")
  vm:sleep("1s")
  expect.equal(rule:status().fired, 1, name)
  rule:disarm()
  local r = vm:wait(job, { timeout = "60s" })
  expect.equal(r.values.error or r.values.data, one.loses and "ENODEV" or "ok", name .. ": " .. r.out)
  one.after(vm)
  expect.equal(slot.calls(vm, 0), one.calls or "", name)
  is_well(vm, name, one.calls)
end

-- The same, and it is the system that goes to sleep; a device that sleeps already is left as it is by that. Linux does not
-- listen to errors then, and forgets them.
local function with_system(vm, name, one, state)
  vm:step(("%s on the way to D%d, with the system"):format(name, state))
  slot.works(vm)
  local rule = strike_at(vm, one, state)
  expect.equal(power.suspend(vm).status, 0, name)
  expect.equal(rule:status().fired, 1, name)
  rule:disarm()
  local after = one.after_system or one.after
  after(vm)
  is_well(vm, name, one.calls)
end

return scenario {
  summary = "a sleeping device is unbound, reset, in error, pulled out and put back as an awake one is, also in the middle of a change, and untouched asleep",
  machine = { dma0 = "dma" },
  modules = { { "stunt_dma", "health_ms=5" } },
  oracle = { misuse = { dma0 = true } }, -- see check_misuse()
  deadline = "600s",
  run = function(vm)
    power.auto(vm)
    vm:sleep("300ms")
    power.asleep(vm)
    vm:snapshot("asleep")
    for name, one in pairs(STRIKES) do
      vm:rewind("asleep")
      asleep(vm, name, one)
      for _, state in ipairs { power.D0, power.D3HOT } do
        if one.strike then
          vm:rewind("asleep")
          in_between(vm, name, one, state)
          if not (one.loses and kernel.unplug_breaks_resume(vm)) then
            vm:rewind("asleep")
            with_system(vm, name, one, state)
          end
        end
      end
    end
  end,
}
