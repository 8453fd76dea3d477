-- SPDX-License-Identifier: GPL-2.0-or-later
-- Jobs that take far longer than the device waits before it sleeps.
local dma = require "dma"
local power = require "power"

local function awake_throughout(vm, what, command, low, high)
  vm:sleep("300ms")
  power.asleep(vm, "before " .. what)
  local since = dma.last_event(vm)
  local r = vm:run(command)
  expect.equal(r.status, 0, what .. ": " .. r.out)
  expect.between(r.virtual_ns, ns(low), ns(high), what)
  expect.equal({ power.count(vm, power.D0, since), power.count(vm, power.D3HOT, since) }, { 1, 0 }, "awake throughout " .. what)
end

return scenario {
  summary = "a device does not sleep under a job, be it a call's or a request's, by one descriptor or many",
  machine = { dma0 = { type = "dma", bandwidth = 100000 } },
  modules = { { "stunt_dma", "job_timeout_ms=5000" } },
  catches = { "power_unheld" },
  deadline = "120s",
  run = function(vm)
    power.auto(vm)
    awake_throughout(vm, "a call", "stunt-dma copy --channel 1 --size 200000", "2s", "10s")
    awake_throughout(vm, "requests", "stunt-dma submit --channel 2 --count 4 --size 100000", "4s", "20s")
    vm:sleep("300ms")
    power.asleep(vm, "in the end")
    local info = vm:run("stunt-dma info").values
    expect.equal({ info.lost_irqs, info.timeouts, info.resets }, { 0, 0, 0 })
    expect.equal(vm.dma0:misuse(), 0)
  end,
}
