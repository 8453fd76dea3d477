-- SPDX-License-Identifier: GPL-2.0-or-later
-- A card without power asks for it by WAKE#, if it has auxiliary power and may.
local dma = require "dma"
local guest = require "guest"
local registry = require "registry"
local serial = require "serial"

local DELAY = 7654321

local function let_wake(vm, n, word)
  guest.write(vm, "/sys/bus/pci/devices/" .. registry.address(n) .. "/power/wakeup", word)
end

-- The system sleeps, and after some time a card has a cause to wake it.
local function asleep(vm, device, cause)
  local r = vm:suspend("s3")
  expect.equal(device:power().state, "D3cold")
  vm:sleep(DELAY)
  cause()
  return r
end

local function inject(vm)
  asleep(vm, vm.dma0, function() vm.dma0:set("inject-pme", true) end)
end

local function ring(vm)
  asleep(vm, vm.uart0, function() serial.ring(vm, 2) end)
end

local function wakes(vm)
  inject(vm)
  local r = vm:wake()
  expect.equal({ r.status, r.source, r.woken_ns }, { 0, "pme", r.asleep_ns + DELAY })
  expect.equal(vm.dma0:power().state, "D0")
  expect.event { device = "dma0", class = "power.pme", state = 4, count = 1 }
end

-- For as long as nobody else ends that.
local function sleeps_on(vm)
  vm:sleep("60s")
  local r = vm:wake("button")
  expect.equal({ r.status, r.source }, { 0, "button" })
  expect.equal(r.woken_ns - r.asleep_ns, ns("60s") + DELAY)
end

return scenario {
  summary = "a card in D3cold wakes the system in the same nanosecond; one that may not, or does not claim it, never does",
  machine = { dma0 = { type = "dma", pme = "D3hot,D3cold" }, uart0 = serial.card() },
  modules = { "stunt_dma", "stunt_uart" },
  deadline = "300s",
  run = function(vm)
    let_wake(vm, 1, "enabled")
    let_wake(vm, 2, "enabled")
    wakes(vm)

    local hold = serial.begin(vm, "hold --hold-ms 100000000", 2)
    ring(vm)
    sleeps_on(vm)
    serial.stop(vm, hold)

    let_wake(vm, 1, "disabled")
    inject(vm)
    sleeps_on(vm)
    let_wake(vm, 2, "disabled")
    dma.ok(vm, "copy --channel 1 --size 4096")
    expect.equal({ vm.dma0:misuse(), vm.uart0:misuse() }, { 0, 0 })
  end,
}
