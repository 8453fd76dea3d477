-- SPDX-License-Identifier: GPL-2.0-or-later
-- A device that is sent to sleep when it is idle, and does not go, goes late, forgets, or does not come back.
local dma = require "dma"
local power = require "power"

local function copy(vm)
  local r = vm:run("stunt-dma copy --channel 1 --size 20000", { timeout = "10s" })
  return r.values.error or r.values.data
end

-- Once around, asleep and awake, with a fault on the way to `state`.
local function around(vm, state, action, params)
  vm:step(("%s on the way to D%d"):format(action, state))
  expect.equal(copy(vm), "ok", "before " .. action)
  local rule = vm.dma0:fault { at = "power.enter", match = { state = state }, nth = 1, action = action, params = params }
  vm:sleep("300ms")
  local said = copy(vm)
  expect.equal(rule:status().fired, 1, action)
  rule:disarm()
  return said
end

-- And again, without: it sleeps, it wakes.
local function is_well(vm, what)
  local since = dma.last_event(vm)
  vm:sleep("300ms")
  power.asleep(vm, what)
  expect.equal(copy(vm), "ok", what)
  expect.equal({ power.count(vm, power.D3HOT, since), power.count(vm, power.D0, since) }, { 1, 1 }, what)
end

local function copes(vm, state, action, params)
  expect.equal(around(vm, state, action, params), "ok", action)
  is_well(vm, action)
end

-- The job that should have woken it fails, and so do others; it is left alone until it is reset, and then as ever.
local function gives_up(vm, sysfs, ...)
  expect.equal(around(vm, ...), "ENODEV")
  local since = dma.last_event(vm)
  expect.equal(copy(vm), "ENODEV")
  vm:sleep("2s")
  for _, class in ipairs { "mmio.read", "mmio.write", "power.enter" } do
    expect.no_event { device = "dma0", class = class, since = since, message = "a device that is gone is left alone" }
  end
  dma.write(vm, sysfs .. "/reset", 1)
  expect.equal(copy(vm), "ok", "after a reset")
  is_well(vm, "after a reset")
end

return scenario {
  summary = "a device that does not obey when it is to sleep by itself costs nothing; one that does not wake is gone until it is reset, then sleeps again",
  machine = { dma0 = { type = "dma", ["d3hot-exit-ns"] = 1000000 } },
  modules = { { "stunt_dma", "health_ms=10" } },
  deadline = "120s",
  run = function(vm)
    local sysfs = power.auto(vm)
    copes(vm, power.D3HOT, "refuse")
    copes(vm, power.D3HOT, "delay", { ns = "2ms" })
    copes(vm, power.D3HOT, "lose-context")
    copes(vm, power.D0, "delay", { ns = "5ms" })
    copes(vm, power.D0, "lose-context")
    gives_up(vm, sysfs, power.D0, "refuse")
    gives_up(vm, sysfs, power.D0, "delay", { ns = "50ms" })
    expect.equal(vm.dma0:misuse(), 0)
  end,
}
