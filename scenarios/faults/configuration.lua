-- SPDX-License-Identifier: GPL-2.0-or-later
-- Configuration space that reads wrong while the function is looked for, and does not take what is written.
local dma = require "dma"

local VENDOR, COMMAND, STATUS = 0, 4, 6
local MEMORY, MASTER, CAP_LIST = 0x2, 0x4, 0x10

local function bound(vm)
  return vm:run({ "sh", "-c", "ls -d /sys/bus/pci/drivers/stunt_dma/0000:*" }).status == 0
end

-- The function is taken out and looked for while a rule breaks what is read. Gives whether the driver has it then.
local function look_again(vm, address, offset, action, params)
  dma.write(vm, "/sys/bus/pci/devices/" .. address .. "/remove", "1")
  local rule = vm.dma0:fault { at = "cfg.read", match = { offset = offset }, nth = 1, every = 1, action = action, params = params }
  dma.write(vm, "/sys/bus/pci/rescan", "1")
  expect.is_true(rule:status().fired > 0, action)
  rule:disarm()
  return bound(vm)
end

local function reads(vm, address)
  expect.is_true(not look_again(vm, address, VENDOR, "ones"), "nobody there")
  dma.write(vm, "/sys/bus/pci/rescan", "1")
  expect.is_true(bound(vm), "found when it answers")
  expect.is_true(not look_again(vm, address, VENDOR, "drop"), "no answer")
  dma.write(vm, "/sys/bus/pci/rescan", "1")
  expect.is_true(not look_again(vm, address, VENDOR, "replace", { value = 0x12341af4 }), "somebody else, who is left alone")
  expect.is_true(look_again(vm, address, STATUS, "flip", { xor = CAP_LIST }), "without capabilities")
  expect.equal(vm.dma0:get("interrupt-mode"), "INTx")
  dma.ok(vm, "copy --channel 1 --size 4096")
  expect.is_true(look_again(vm, address, STATUS, "mark"))
  expect.equal(vm.dma0:get("interrupt-mode"), "MSI-X")
end

-- The driver's request to be a bus master does not get through.
local function write(vm, address, action, params)
  local sysfs = "/sys/bus/pci/drivers/stunt_dma/"
  dma.write(vm, sysfs .. "unbind", address)
  local rule = vm.dma0:fault { at = "cfg.write", match = { offset = COMMAND, value = { value = MASTER, mask = MASTER } },
    action = action, params = params }
  dma.write(vm, sysfs .. "bind", address)
  expect.is_true(rule:status().fired > 0, action)
  expect.is_true(not vm.dma0:get("bus-master"), action)
  local r = vm:run("stunt-dma copy --channel 1 --size 4096")
  expect.equal({ r.status, r.values.status }, { 2, "BUS_ERROR" }, r.out)
  rule:disarm()
  dma.write(vm, sysfs .. "unbind", address)
  dma.write(vm, sysfs .. "bind", address)
  dma.ok(vm, "copy --channel 1 --size 4096")
end

return scenario {
  summary = "a function that misreads is not found, left alone, or used for what it shows; one that masters no bus fails its jobs",
  machine = { dma0 = "dma" },
  modules = { "stunt_dma" },
  oracle = { misuse = { dma0 = true } }, -- of a device that must not, if the driver only knew
  proves = {
    ["cfg.read ones"] = "the kernel finds nobody there; looked for again it is found and works",
    ["cfg.read drop"] = "the kernel finds nobody there",
    ["cfg.read replace"] = "the kernel finds another function, and the driver leaves it alone",
    ["cfg.read flip"] = "without its capabilities the driver makes do with the line",
    ["cfg.write drop"] = "without bus mastering the job fails; bound again the driver works",
    ["cfg.write replace"] = "without bus mastering the job fails; bound again the driver works",
    ["cfg.write flip"] = "without bus mastering the job fails; bound again the driver works",
  },
  run = function(vm)
    local address = dma.address(vm)
    reads(vm, address)
    write(vm, address, "drop")
    write(vm, address, "replace", { value = MEMORY })
    write(vm, address, "flip", { xor = MASTER })
  end,
}
