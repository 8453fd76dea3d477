-- SPDX-License-Identifier: GPL-2.0-or-later
-- The machine stops at the exact event, whatever its class, the script looks at it, and the guest never knows.
local provoke = require "provoke"

-- Arms the pause, has the event happen; gives how often it stopped. What a device does in one go it does to the end, but virtual
-- time stands still.
local function stops(vm, device, name, class, happen)
  local count = 0
  local rule = device:fault { id = class, at = class, nth = 1, action = "pause", on_pause = function()
    local seen = vm:events { device = name, class = class }
    expect.equal(seen[#seen].time_ns, vm:now(), class .. ": no time has passed since")
    count = count + 1
  end }
  happen()
  expect.equal(rule:status().fired, 1, class)
  return count
end

return scenario {
  summary = "pause stops the machine at an event of any class, and it goes on as if nothing had been",
  machine = provoke.machine(),
  proves = provoke.proofs("pause", "nothing: the guest does not notice"),
  oracle = { misuse = { dma0 = true } },
  run = function(vm)
    provoke.each(vm, function(class, happen)
      local name = provoke.device(class)
      expect.equal(stops(vm, vm[name], name, class, happen), 1, class)
    end)
    expect.equal(stops(vm, vm.link, "link", "link.ask", function() vm:sleep("1ms") vm:run("true") end), 1)
    expect.equal(stops(vm, vm.link, "link", "link.mark", function() provoke.mark(vm) end), 1)
  end,
}
