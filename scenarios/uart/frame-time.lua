-- SPDX-License-Identifier: GPL-2.0-or-later
-- A character takes its bits at its baud, to the nanosecond. An event is told when the processor, if it is not asleep, is
-- through with its instruction.
local serial = require "serial"

local INSTRUCTION_NS = 8

return scenario {
  summary = "characters follow one another in exactly the time that their bits take, whatever the format",
  machine = { uart0 = serial.card() },
  modules = { "stunt_uart" },
  run = function(vm)
    for line, bits in pairs { ["9600,8n1"] = 10, ["9600,8n2"] = 11, ["9600,8e1"] = 11, ["9600,7o2"] = 11, ["9600,5n2"] = 7.5 } do
      local mark = vm.uart0:fault { at = "serial.tx", match = { port = 0 }, action = "mark" }
      local since = serial.last_event(vm)
      local receive = serial.begin(vm, "receive --size 30 --timeout-ms 500", 1, line)
      serial.run(vm, "send --size 30 --drain", 0, line)
      vm:wait(receive)
      local sent = vm:events { device = "uart0", class = "serial.tx", port = 0, since = since }
      expect.equal(#sent, 30, line)
      local took = sent[30].fields.ns - sent[1].fields.ns
      expect.between(took, math.floor(29 * bits * 1e9 / 9600 * 0.9999), math.ceil(29 * bits * 1e9 / 9600 * 1.0001), line)
      for _, event in ipairs(sent) do
        expect.between(event.time_ns - event.fields.ns, 0, INSTRUCTION_NS, "each is told when it is over")
      end
      expect.equal(mark:status().fired, 30)
      mark:disarm()
    end
  end,
}
