-- SPDX-License-Identifier: GPL-2.0-or-later
-- The machine stops at the exact event, whatever its class, the script looks at it, and the guest never knows.
local provoke = require "provoke"

-- Arms the pause, has the event happen; gives how often it stopped.
local function stops(vm, device, name, class, happen)
  local count = 0
  device:fault { id = class, at = class, nth = 1, action = "pause", on_pause = function()
    local events = vm:events { device = name }
    local last = events[#events]
    expect.equal(last.class, "fault", class .. ": the firing is the newest event")
    expect.equal(last.time_ns, vm:now(), class .. ": no time has passed since")
    expect.equal(events[#events - 1].class, class)
    count = count + 1
  end }
  happen()
  return count
end

return scenario {
  summary = "pause stops the machine at an event of any class, and it goes on as if nothing had been",
  machine = { dma0 = "dma" },
  proves = provoke.proofs("pause", "nothing: the guest does not notice"),
  oracle = { misuse = { dma0 = true } },
  run = function(vm)
    provoke.each(vm, function(class, happen)
      expect.equal(stops(vm, vm.dma0, "dma0", class, happen), 1, class)
    end)
    expect.equal(stops(vm, vm.link, "link", "link.ask", function() vm:sleep("1ms") vm:run("true") end), 1)
    expect.equal(stops(vm, vm.link, "link", "link.mark", function() vm:mark("here") end), 1)
  end,
}
