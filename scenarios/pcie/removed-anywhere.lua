-- SPDX-License-Identifier: GPL-2.0-or-later
-- The card is pulled out at each event of a job, one after the other, each time from the same instruction.
local dma = require "dma"
local events = require "events"
local slot = require "slot"

local JOB = "stunt-dma copy --channel 0 --size 4096"

local function events_of_a_job(vm)
  local since = dma.last_event(vm)
  dma.ok(vm, "copy --channel 0 --size 4096")
  return events.points(vm, "dma0", since)
end

return scenario {
  summary = "pulled out at any event of a job: the caller gets ENODEV or the right data, the driver lets go, nothing is polled",
  machine = { dma0 = "dma" },
  modules = { "stunt_dma" },
  proves = {
    ["mmio.read surprise-remove"] = "ones: the driver asks for the ID, finds it gone and fails all jobs",
    ["mmio.write surprise-remove"] = "pciehp has the driver unbound, its jobs end with ENODEV",
    ["dma.read surprise-remove"] = "the same; the device reads no further",
    ["dma.write surprise-remove"] = "the same; this write and later ones are not in memory",
    ["irq.raise surprise-remove"] = "the same; the interrupt does not come",
    ["job.start surprise-remove"] = "the same; no completion comes",
    ["job.done surprise-remove"] = "the same; no completion comes",
  },
  run = function(vm)
    vm:snapshot("before")
    local points = events_of_a_job(vm)
    expect.between(#points, 10, 60, "events of a job")
    for _, point in ipairs(points) do
      vm:rewind("before")
      local name = ("%s %d"):format(point.class, point.nth)
      vm:step(name)
      vm.dma0:fault { at = point.class, nth = point.nth, action = "surprise-remove" }
      local r = vm:run(JOB)
      expect.is_true(r.values.error == "ENODEV" or (r.status == 0 and r.values.data == "ok"), name .. ": " .. r.out)
      slot.until_away(vm, "5s")
      expect.equal(vm.dma0:misuse(), 0, name)
    end
    vm.dma0:plug()
    slot.until_bound(vm)
    slot.works(vm)
  end,
}
