-- SPDX-License-Identifier: GPL-2.0-or-later
-- The model moves many characters at once when nobody looks at each of them. A rule on them, or on the bus, makes it look.
local serial = require "serial"

local LOOKS = { "serial.tx", "serial.rx", "dma.read", "dma.write" }

-- Both ways at once, with a reader that is too slow; gives when each interrupt was raised and what the ends say.
local function transfer(vm, look)
  local rule = look and vm.uart0:fault { at = look, nth = 1, action = "mark" }
  local since = serial.last_event(vm)
  local ends, seen = {}, {}
  for port = 0, 1 do
    ends[port + 1] = serial.spawn(vm, ("duplex --size 10000 --seed %d --expect-seed %d --timeout-ms 2000 --pause-ms %d"):format(port, 1 - port,
      5 * port), port)
  end
  for port = 0, 1 do
    local r = vm:wait(ends[port + 1])
    expect.equal({ r.status, r.values.data }, { 0, "ok" }, r.out)
    seen[#seen + 1] = r.out
  end
  for _, event in ipairs(vm:events { device = "uart0", class = "irq.raise", since = since }) do
    seen[#seen + 1] = event.time_ns
  end
  if rule then
    expect.equal(rule:status().fired, 1)
    rule:disarm()
  end
  return seen
end

return scenario {
  summary = "characters that are moved many at once arrive, interrupt and hold the sender when they do one by one",
  machine = { uart0 = serial.card() },
  run = function(vm)
    serial.each_way(vm, function(rings)
      local holds = {}
      for port = 0, 1 do
        holds[port + 1] = serial.begin(vm, "hold --hold-ms 1000000000", port, "2000000,rtscts")
      end
      vm:snapshot()
      local quick = transfer(vm)
      expect.is_true(#quick > 10, "there were interrupts")
      for i = 1, rings and 4 or 2 do
        vm:rewind()
        expect.equal(transfer(vm, LOOKS[i]), quick, LOOKS[i])
      end
      vm:rewind()
      serial.stop(vm, table.unpack(holds))
    end)
  end,
}
