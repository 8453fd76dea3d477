-- SPDX-License-Identifier: GPL-2.0-or-later
-- One card loses main power with the system, the other is in a slot of a standby rail.
local pci = require "pci"
local slot = require "slot"

local ASLEEP, WORD = 1234567, 0x5a5a5a5a

-- BAR 2 of a device: its memory.
local function sram(vm, n)
  local line = vm:run({ "sed", "-n", "3p", ("/sys/class/misc/stunt-dma%d/device/resource"):format(n) }).out
  return tonumber(line:match("^0x%x+"))
end

local function account(vm, device, state)
  local power, sum = device:power(), 0
  for _, spent in pairs(power.ns) do
    sum = sum + spent
  end
  expect.equal({ power.state, sum }, { state, vm:now() })
  return power
end

return scenario {
  summary = "in S3 a card is in D3cold, to the nanosecond, and has forgotten all; in a slot that keeps its power it stays in D3hot",
  machine = { dma0 = "dma", dma1 = { type = "dma", port = "s3-power=on" }, cmdline = "iomem=relaxed" },
  modules = { "stunt_dma" },
  run = function(vm)
    pci.poke(vm, sram(vm, 0) + 0x100, WORD)
    local r = vm:suspend("s3")
    expect.equal({ vm.dma0:is_there(), vm.dma1:is_there() }, { false, true })
    expect.event { device = "dma0", class = "link", up = 0, power = 0, present = 1, count = 1 }
    vm:sleep(ASLEEP)
    expect.equal(account(vm, vm.dma0, "D3cold").ns.D3cold, ASLEEP)
    local kept = account(vm, vm.dma1, "D3hot")
    r = vm:wake("button")
    expect.equal({ r.status, r.woken_ns }, { 0, r.asleep_ns + ASLEEP })

    local cut = account(vm, vm.dma0, "D0")
    expect.equal({ cut.ns.D3cold, cut.count.D3cold }, { ASLEEP, 1 })
    expect.event { device = "dma0", class = "power.exit", state = 4, to = 0, ns = ASLEEP, count = 1 }
    local stayed = account(vm, vm.dma1, "D0")
    expect.equal({ stayed.ns.D3cold, stayed.ns.D3hot }, { 0, kept.ns.D3hot })

    local word = pci.peek(vm, sram(vm, 0) + 0x100)
    expect.is_true(word ~= WORD and word ~= 0, "its memory is neither kept nor cleared")
    vm:sleep("10s")
    expect.event { device = "dma0", class = "slot", present = 0, count = 0 }
    expect.equal(vm:run("ls /sys/class/misc").out:match("stunt%-dma0.*stunt%-dma1") ~= nil, true, "nobody has let go")
    slot.works(vm)
    expect.equal({ vm.dma0:misuse(), vm.dma1:misuse() }, { 0, 0 })
  end,
}
