-- SPDX-License-Identifier: GPL-2.0-or-later
-- 100 kbaud: a bit takes 10 us, a character of 8n1 100 us.
local peer = require "peer"
local serial = require "serial"

local AT_US = { 20000, 20150, 31000, 31101, 500000 }

return scenario {
  summary = "what a peer sends at given virtual times arrives exactly a character later, and the reader is woken soon after",
  machine = { uart0 = { type = "uart", ports = 1 } },
  modules = { "stunt_uart" },
  run = function(vm)
    local script = { "line 100000 8n1" }
    for i, us in ipairs(AT_US) do
      script[#script + 1] = ('at %dus; send "%d"'):format(us, i)
    end
    local receive = serial.begin(vm, ("receive --hex --mark 7 --chunk 1 --size %d --timeout-ms 1000"):format(#AT_US), 0, "100000")
    local mark = vm.uart0:fault { at = "serial.rx", match = { port = 0 }, action = "mark" }
    local began = vm:now()
    peer.start(vm, 0, table.concat(script, "\n")):wait()
    expect.match(vm:wait(receive).out, "^3132333435\n")
    local got = vm:events { device = "uart0", class = "serial.rx", port = 0 }
    for i, us in ipairs(AT_US) do
      expect.equal(got[i].fields.ns, began + (us + 100) * 1000, "character " .. i)
    end
    expect.equal(mark:status().fired, #AT_US)
    local reads = vm:events { device = "link", class = "link.mark" }
    expect.between(reads[#reads].time_ns - got[#got].time_ns, 0, ns("1ms"), "from the last stop bit to read()")
  end,
}
