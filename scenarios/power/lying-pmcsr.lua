-- SPDX-License-Identifier: GPL-2.0-or-later
-- PMCSR, where the kernel looks which state a function is in, says something else.
local dma = require "dma"
local pci = require "pci"
local power = require "power"
local slot = require "slot"

local PMCSR = 4 -- in the capability
local STATE, PME_STATUS = 0x3, 0x8000

-- What it seems to say, whether the kernel then wakes it, and what it says of that.
local LIES = {
  { "replace", { value = power.D0 }, false, "Refused to change power state from D0 to D3hot" },
  { "replace", { value = power.D3HOT }, true },
  { "flip", { xor = STATE }, false, "Refused to change power state from D0 to D3hot" },
  { "flip", { xor = PME_STATUS }, true },
  { "ones", nil, true, "Unable to change power state from D0 to D3hot" },
  { "drop", nil, true, "Unable to change power state from D3cold to D0" },
}

local function tells(vm, text)
  return #vm:kernel_log(text) > 0
end

local function across(vm, offset, action, params, wakes, said)
  local rule = vm.dma0:fault { at = "cfg.read", match = { offset = offset }, nth = 1, every = 1, action = action, params = params }
  power.suspend(vm)
  expect.is_true(rule:status().fired > 0, action)
  rule:disarm()
  expect.is_true(not said or tells(vm, said), action .. ": " .. (said or ""))
  local r = vm:run("stunt-dma copy --channel 1 --size 4096")
  expect.equal(r.values.error or r.values.data, wakes and "ok" or "ENODEV", action)
  expect.equal(vm.dma0:power().state, wakes and "D0" or "D3hot", action)
  expect.equal(vm.dma0:misuse() == 0, wakes, action .. ": who is told that it is awake touches it")
end

return scenario {
  summary = "a function that says that it is awake when it is not is given up until it is reset; other lies of its power state cost nothing",
  machine = { dma0 = "dma" },
  modules = { "stunt_dma" },
  oracle = { misuse = { dma0 = true } }, -- see across()
  deadline = "300s",
  run = function(vm)
    local offset = pci.cap(vm, slot.DEVICE, pci.CAP.POWER) + PMCSR
    vm:snapshot("before")
    for i, lie in ipairs(LIES) do
      vm:rewind("before")
      vm:step(("lie %d: %s"):format(i, lie[1]))
      across(vm, offset, table.unpack(lie, 1, 4))
      dma.write(vm, slot.SYSFS .. "/reset", 1)
      slot.works(vm)
    end
  end,
}
