-- SPDX-License-Identifier: GPL-2.0-or-later
-- What the scenarios of power management share.
local dma = require "dma"
local growth = require "growth"
local guest = require "guest"

local power = {}

power.D0, power.D3HOT = 0, 3
power.AUTOSUSPEND = "100ms" -- the driver's default
power.WAKE = "10ms" -- from D3hot to D0, by the specification

-- Lets the device stunt-dmaN, 0 without a number, sleep when it is not needed; gives its folder in sysfs.
function power.auto(vm, n)
  local sysfs = "/sys/bus/pci/devices/" .. dma.address_of(vm, n or 0)
  guest.write(vm, sysfs .. "/power/control", "auto")
  return sysfs
end

-- The device sleeps, and was not woken by asking.
function power.asleep(vm, message)
  expect.equal(vm.dma0:get("power-state"), power.D3HOT, message or "asleep")
end

function power.awake(vm, message)
  expect.equal(vm.dma0:get("power-state"), power.D0, message or "awake")
end

-- Times that the device was told to enter a state since an event.
function power.count(vm, state, since)
  return #vm:events { device = "dma0", class = "power.enter", state = state, since = since or 0 }
end

-- The kernel's own test of suspend: down as far as `test`, by default "platform", where all devices sleep, and up again at once. `way` is
-- "freeze", if not "s3". Gives what became of it.
function power.suspend(vm, test, way)
  return vm:suspend(way or "freeze", { test = test or "platform" })
end

-- And it has to do so.
function power.down_and_up(vm)
  local r = power.suspend(vm)
  expect.equal(r.status, 0, r.err)
  return r
end

-- The guest sleeps for so long, and the button wakes it. From suspend to idle it has to notice by itself.
function power.sleep(vm, kind, time)
  local asleep = vm:suspend(kind)
  vm:sleep(time)
  local r = vm:wake("button")
  expect.equal(r.status, 0, r.err)
  expect.between(r.woken_ns - asleep.asleep_ns - ns(time), 0, kind == "s3" and 0 or ns("1ms"))
  return r
end

-- Within two milliseconds of the one in the middle: what else the guest has to do comes at one time or another, and its clock ticks
-- each four. And no more in the end than at first, by as much as the mean of so many may be off.
local function steady(times)
  local sum, half, sorted = { 0, 0 }, #times // 2, table.move(times, 1, #times, 1, {})
  table.sort(sorted)
  for round, time in ipairs(times) do
    expect.between(time, sorted[half] - ns("2ms"), sorted[half] + ns("2ms"), "round " .. round)
    local part = round <= half and 1 or 2
    sum[part] = sum[part] + time
  end
  expect.between((sum[2] - sum[1]) / half, -ns("2ms") / math.sqrt(half), ns("2ms") / math.sqrt(half), "drift")
end

-- So many rounds of S3, an even number: each takes the same virtual time, and they leave nothing behind.
function power.rounds(vm, rounds)
  local down, up = {}, {}
  growth.none(vm, function(round)
    local r = power.sleep(vm, "s3", "5s")
    if round > 0 then
      down[round], up[round] = r.asleep_ns - r.start_ns, r.end_ns - r.woken_ns
    end
  end, rounds)
  steady(down)
  steady(up)
end

return power
