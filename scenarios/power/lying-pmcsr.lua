-- SPDX-License-Identifier: GPL-2.0-or-later
-- PMCSR, where the kernel looks which state a function is in, says something else. Linux writes back what it has read there when it
-- switches PME on and off, so a lie about the state can put the function into that state.
local dma = require "dma"
local pci = require "pci"
local power = require "power"
local slot = require "slot"

local PMCSR = 4 -- in the capability
local STATE, PME_STATUS = 0x3, 0x8000

-- What it seems to say, what a job then meets, and what the kernel says of it.
local LIES = {
  { "replace", { value = power.D0 }, "ENODEV", "Refused to change power state from D0 to D3hot" },
  { "replace", { value = power.D3HOT }, "ENODEV" },
  { "flip", { xor = STATE }, "ENODEV", "Refused to change power state from D0 to D3hot" },
  { "flip", { xor = PME_STATUS }, "ok" },
  { "ones", nil, "ENODEV", "Unable to change power state from D0 to D3hot" },
  { "drop", nil, "ENODEV", "Unable to change power state from D3cold to D0" },
}

local function tells(vm, text)
  return #vm:kernel_log(text) > 0
end

local function across(vm, offset, action, params, becomes, said)
  local rule = vm.dma0:fault { at = "cfg.read", match = { offset = offset }, nth = 1, every = 1, action = action, params = params }
  power.suspend(vm)
  expect.is_true(rule:status().fired > 0, action)
  rule:disarm()
  expect.is_true(not said or tells(vm, said), action .. ": " .. (said or ""))
  local r = vm:run("stunt-dma copy --channel 1 --size 4096")
  expect.equal(r.values.error or r.values.data, becomes, action)
  expect.equal(vm.dma0:misuse() == 0, becomes == "ok", action .. ": who is told that it is awake touches it")
end

return scenario {
  summary = "a function that lies about its power state is given up until it is reset; one that always seems to ask for waking works",
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
