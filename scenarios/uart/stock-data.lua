-- SPDX-License-Identifier: GPL-2.0-or-later
local serial = require "serial"

local LINES = { "115200", "57600,8e1", "19200,7o2", "9600,8n2", "115200,8m1", "38400,6s1" }

return scenario {
  summary = "the kernel's own driver carries data both ways at once, in every format that it has, and what arrives is what was sent",
  machine = serial.stock(),
  deadline = "300s",
  run = function(vm)
    for _, line in ipairs(LINES) do
      local bits = tonumber(line:match(",(%d)") or 8)
      if bits == 8 then
        serial.transfer(vm, line, 3000)
      else
        expect.equal(serial.seen(vm, "send --text 0123 --drain", line, line, 4), "30313233", line)
      end
    end
    -- both are open before one begins: opening empties the FIFO
    local a, b = serial.begin(vm, "hold --hold-ms 100000000", 0, "115200"), serial.begin(vm, "hold --hold-ms 100000000", 1, "115200")
    local there = serial.begin(vm, "duplex --size 20000 --seed 2 --expect-seed 1 --timeout-ms 2000", 1, "115200")
    local r = serial.run(vm, "duplex --size 20000 --seed 1 --expect-seed 2 --timeout-ms 2000", 0, "115200")
    local other = vm:wait(there)
    expect.equal({ r.values.data, other.values.data }, { "ok", "ok" }, r.out .. other.out)
    expect.equal(vm.uart0:misuse(), 0)
    serial.stop(vm, a, b)
  end,
}
