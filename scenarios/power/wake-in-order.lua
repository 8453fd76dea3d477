-- SPDX-License-Identifier: GPL-2.0-or-later
-- What happens between the order to wake and the first job: time for the device, then its setting up, then interrupts.
local dma = require "dma"
local power = require "power"

local CHANNEL = 2
local SETUP_WRITES = 4 * 9 -- of four channels, before the first doorbell

-- Number and time of the first event since another, or nil.
local function first(vm, query, since)
  query.since = since
  return vm:events(query)[1]
end

local function wake(vm)
  vm:sleep("300ms")
  power.asleep(vm)
  local since = dma.last_event(vm)
  expect.equal(dma.ok(vm, ("copy --channel %d --size 4096"):format(CHANNEL)).values.data, "ok")
  return since
end

-- Nobody touches it before it has had its time.
local function has_its_time(vm)
  local since = wake(vm)
  local enter = first(vm, { device = "dma0", class = "power.enter", state = power.D0 }, since)
  local touched = first(vm, { device = "dma0", class = "mmio.read" }, since)
  local written = first(vm, { device = "dma0", class = "mmio.write" }, since)
  expect.is_true(touched.time_ns - enter.time_ns >= ns(power.WAKE), "the first read comes after 10 ms")
  expect.is_true(written.time_ns - enter.time_ns >= ns(power.WAKE), "the first write comes after 10 ms")
end

-- An interrupt, with a cause that seems to stand, at each write of the driver's while it sets the device up.
local function interrupted(vm, nth)
  vm:sleep("300ms")
  local cause = vm.dma0:fault { at = "mmio.read", match = { offset = "INT_STATUS" }, nth = 1, action = "replace",
    params = { value = 1 << CHANNEL } }
  local rule = vm.dma0:fault { at = "mmio.write", nth = nth, action = "pause",
    on_pause = function(there) there.dma0:interrupt("CH2_DONE") end }
  wake(vm)
  expect.equal({ rule:status().fired, cause:status().fired }, { 1, 1 })
  rule:disarm()
  cause:disarm()
end

return scenario {
  summary = "a device that wakes has its 10 ms before it is touched, and is set up before anybody serves its interrupts",
  machine = { dma0 = "dma" },
  modules = { { "stunt_dma", "threaded=0" } }, -- served at once, in the middle of whatever it is
  catches = { "d3_delay_skipped", "irq_before_setup" },
  deadline = "120s",
  run = function(vm)
    power.auto(vm)
    has_its_time(vm)
    vm:snapshot("awake")
    for nth = 1, SETUP_WRITES do
      vm:rewind("awake")
      vm:step(("interrupt at write %d"):format(nth))
      interrupted(vm, nth)
    end
    expect.equal(vm.dma0:misuse(), 0)
  end,
}
