-- SPDX-License-Identifier: GPL-2.0-or-later
-- Who closes a port without HUPCL leaves its modem lines on, and the next who opens it finds them so. The other end sees nothing.
local serial = require "serial"

-- What port 0 did to its lines while it was closed and opened again: "DTR=0 …".
local function reopened(vm, line)
  serial.run(vm, "set", 0, line)
  local since = serial.last_event(vm)
  serial.run(vm, "set", 0, line)
  local seen = {}
  for _, event in ipairs(vm:events { device = "uart0", class = "serial.line", port = 0, since = since }) do
    seen[#seen + 1] = ("%d=%d"):format(event.fields.line, event.fields.level)
  end
  return seen
end

return scenario {
  summary = "lines that a closed port keeps on stay on when it is opened again: its peer is not hung up",
  machine = { uart0 = serial.card() },
  run = function(vm)
    serial.each_way(vm, function()
      local first = serial.begin(vm, "hold --hold-ms 100", 0, "115200")
      local peer = serial.begin(vm, "receive --size 5 --timeout-ms 5000", 1, "115200,modem")
      vm:wait(first)
      expect.equal(reopened(vm, "115200"), {}, "nothing is seen of it")
      serial.run(vm, "send --drain --text hello", 0, "115200")
      local r = vm:wait(peer)
      expect.equal(r.values.bytes, 5, r.out)
      expect.equal(r.values.error, nil, "a carrier that is lost for a moment hangs up")

      expect.equal(#reopened(vm, "115200,hupcl"), 4, "with HUPCL both go off and on")
      serial.run(vm, "set", 0, "115200") -- as it was
    end)
  end,
}
