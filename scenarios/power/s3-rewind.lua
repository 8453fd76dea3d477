-- SPDX-License-Identifier: GPL-2.0-or-later
-- A machine is kept while it sleeps, and woken over and over again from there.
local dma = require "dma"

local function wake(vm, after, source)
  vm:sleep(after)
  local r = vm:wake(source)
  dma.ok(vm, "copy --channel 1 --size 4096")
  return { r.status, r.source, r.asleep_ns, r.woken_ns, r.end_ns, vm:now() }
end

return scenario {
  summary = "a snapshot of a machine in S3 wakes, from any of its sources, each time in the same way",
  machine = { dma0 = "dma" },
  modules = { "stunt_dma" },
  run = function(vm)
    vm:snapshot("awake")
    vm:suspend("s3", { rtc = "10s" })
    vm:snapshot("asleep")
    local first = {}
    for round = 1, 2 do
      for _, way in ipairs { { "1s", "button" }, { "2s", "rtc" }, { "9s" } } do
        local seen = wake(vm, way[1], way[2])
        expect.equal(seen[2], way[2] or "rtc")
        expect.equal(seen, first[way[1]] or seen, "as in the first round")
        first[way[1]] = seen
        vm:rewind("asleep")
      end
    end
    wake(vm, "1s", "button")
    vm:rewind("awake")
    dma.ok(vm, "copy --channel 1 --size 4096")
    vm:suspend("s3")
    vm:sleep("1s")
    expect.equal(vm:wake("button").source, "button")
  end,
}
