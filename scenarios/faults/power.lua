-- SPDX-License-Identifier: GPL-2.0-or-later
-- The machine goes to sleep, and the device does not go along, or does not wake as it should.
local dma = require "dma"

local ASLEEP, AWAKE = 3, 0

local function across(vm, state, action, params)
  local rule = vm.dma0:fault { at = "power.enter", match = { state = state }, nth = 1, action = action, params = params }
  vm:suspend("freeze", { test = "platform" }) -- all of the way down, and up again
  expect.equal(rule:status().fired, 1, action)
  return vm:run("stunt-dma copy --channel 1 --size 4096")
end

local function copes(vm, ...)
  local r = across(vm, ...)
  expect.equal({ r.status, r.values.data }, { 0, "ok" }, r.out)
end

-- The driver gives the device up when it wakes, and takes it back after a reset.
local function gives_up(vm, ...)
  local r = across(vm, ...)
  expect.equal(r.values.error, "ENODEV", r.out)
  dma.write(vm, "/sys/bus/pci/devices/" .. dma.address(vm) .. "/reset", "1")
  dma.ok(vm, "copy --channel 1 --size 4096")
end

-- Its configuration space is away, too, and what the kernel has saved of it is all ones: it must be found anew.
local function hangs(vm)
  local r = across(vm, AWAKE, "hang")
  expect.equal(r.values.error, "ENODEV", r.out)
  local sysfs = "/sys/bus/pci/devices/" .. dma.address(vm)
  dma.write(vm, sysfs .. "/reset_method", "bus")
  vm:run({ "sh", "-c", ("echo 1 > %s/reset"):format(sysfs) })
  dma.write(vm, sysfs .. "/remove", "1")
  dma.write(vm, "/sys/bus/pci/rescan", "1")
  dma.ok(vm, "copy --channel 1 --size 4096")
end

return scenario {
  summary = "a device that does not sleep, or forgets, costs nothing; one that does not wake is given up until it is reset",
  machine = { dma0 = { type = "dma", ["d3hot-exit-ns"] = 1000000 } },
  modules = { "stunt_dma" },
  deadline = "300s",
  proves = {
    ["power.enter refuse"] = "who stays awake does no harm; who stays asleep is given up until it is reset",
    ["power.enter delay"] = "within the 10 ms that the kernel waits nobody notices; later it is given up until it is reset",
    ["power.enter lose-context"] = "the driver sets everything up anew when it wakes, and trusts in nothing",
    ["power.enter hang"] = "the device is given up; after a reset of its bus it is found anew",
  },
  run = function(vm)
    copes(vm, ASLEEP, "refuse")
    copes(vm, ASLEEP, "delay", { ns = "2ms" })
    copes(vm, AWAKE, "delay", { ns = "5ms" })
    copes(vm, ASLEEP, "lose-context")
    copes(vm, AWAKE, "lose-context")
    gives_up(vm, AWAKE, "refuse")
    gives_up(vm, AWAKE, "delay", { ns = "50ms" })
    hangs(vm)
    expect.equal(vm.dma0:misuse(), 0)
  end,
}
