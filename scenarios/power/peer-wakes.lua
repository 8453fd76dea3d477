-- SPDX-License-Identifier: GPL-2.0-or-later
-- An engine that sleeps is woken by a ring of its peer: out of D3hot while the system runs, and the system itself when it may.
local bell = require "bell"
local dma = require "dma"
local power = require "power"

local LATENCY = ns("10ms") -- out of D3hot
local A_LITTLE = ns("3ms") -- what Linux adds to the delay that the specification asks for, and the work until a register is read
local STATUS, RING = 0x28, 0x24

local function state(vm) return vm.dma1:power().state end

local function entered(vm, name, since)
  return #vm:events { device = "dma1", class = "power.enter", state = power[name], since = since }
end

-- From the ring to the moment when the driver takes it.
local function latency(vm, since)
  local rung = vm:events { device = "dma0", class = "mmio.write", offset = RING, since = since }[1]
  local taken = vm:events { device = "dma1", class = "mmio.write", offset = STATUS, since = since }[1]
  return taken.time_ns - rung.time_ns
end

-- It is woken once for a ring, and sleeps again when it has been idle. Who waits does not keep it awake. Gives the last event before.
local function wakes(vm)
  local listener = bell.listen(vm, 1, 3, "3s")
  vm:sleep("500ms")
  expect.equal(state(vm), "D3hot", "while somebody waits")
  local since = bell.last_event(vm)
  bell.ring(vm, 0, 1)
  vm:sleep("2s")
  expect.equal({ entered(vm, "D0", since), entered(vm, "D3HOT", since), state(vm) }, { 1, 1, "D3hot" }, "woken once, and asleep again")
  expect.equal(bell.heard(vm, listener), { [0] = 1 }, "heard once")
  return since
end

-- No message gets through: Linux looks by itself, until it has had the first one.
local function lost(vm)
  local rule = vm.dma1:fault { at = "power.pme", action = "drop" }
  local since = wakes(vm)
  expect.between(latency(vm, since), ns("100ms"), ns("1s") + LATENCY + A_LITTLE)
  rule:disarm()
end

local function runtime(vm)
  local since = wakes(vm)
  expect.between(latency(vm, since), LATENCY, LATENCY + A_LITTLE)
  expect.event { device = "dma1", class = "power.pme", since = since, count = 1 }
  vm.dma1:fault { at = "power.pme", nth = 1, action = "drop" }
  since = wakes(vm)
  expect.between(latency(vm, since), ns("100ms") + LATENCY, ns("100ms") + LATENCY + A_LITTLE)
end

-- It ends when the peer rings, and the ring is heard.
local function system_wakes(vm, kind)
  vm:suspend(kind)
  vm:sleep("1234567us")
  expect.not_equal(state(vm), "D0")
  local rung = vm:now()
  vm.dma0:poke("PEER_RING", 4)
  local r = vm:wake()
  expect.equal(r.status, 0, r.err)
  expect.between(r.woken_ns - rung, 0, kind == "s3" and 0 or ns("1ms"), kind)
  expect.equal(bell.await(vm, 1, 0xff), 4, kind)
end

-- It sleeps on, but the ring is there in the end.
local function system_sleeps_on(vm)
  vm:suspend("freeze")
  vm.dma0:poke("PEER_RING", 8)
  local before = vm:now()
  vm:sleep("2s")
  local r = vm:wake("button")
  expect.between(r.woken_ns - before, ns("2s"), ns("2001ms"))
  expect.equal(bell.await(vm, 1, 0xff), 8)
end

-- A peer that nobody drives here may ring while all of this system sleeps, as one of another system would. The engine sleeps by
-- itself already, and then goes to sleep with the system.
local function system(vm, sysfs)
  dma.write(vm, "/sys/bus/pci/drivers/stunt_dma/unbind", dma.address_of(vm, 0))
  for _, control in ipairs { "auto", "on" } do
    dma.write(vm, sysfs .. "/power/control", control)
    vm:sleep("500ms")
    dma.write(vm, sysfs .. "/power/wakeup", "enabled")
    system_wakes(vm, "freeze")
    system_wakes(vm, "s3")
    vm:sleep("500ms")
    dma.write(vm, sysfs .. "/power/wakeup", "disabled")
    system_sleeps_on(vm)
  end
end

return scenario {
  summary = "a ring of the peer wakes an engine within 10 ms and a little, and the system if it may; it sleeps again afterwards",
  machine = bell.machine {
    dma0 = { type = "dma", port = "s3-power=on" }, -- as it is another system's
    dma1 = { type = "dma", peer = "dma0", pme = "D3hot,D3cold" }, -- to hear it in S3, too
  },
  modules = { "stunt_dma", "button" },
  catches = { "pme_uncleared" },
  deadline = "60s",
  run = function(vm)
    local sysfs = power.auto(vm, 1)
    lost(vm)
    runtime(vm)
    system(vm, sysfs)
    expect.equal({ vm.dma0:misuse(), vm.dma1:misuse() }, { 0, 0 })
  end,
}
