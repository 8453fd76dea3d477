-- SPDX-License-Identifier: GPL-2.0-or-later
-- A modem line that does not move: RTS that stays on no longer holds the sender, RTS that stays off holds it for ever.
local serial = require "serial"

local LINE = "4000000,rtscts"

return scenario {
  summary = "with RTS stuck on a slow reader loses characters and counts them; with RTS stuck off nothing is sent, and a close gives up",
  machine = { uart0 = serial.card() },
  modules = { { "stunt_uart", "watch_ms=1000" } },
  proves = { ["serial.line drop"] = "losses are counted; a sender that is held gives up when it is closed" },
  run = function(vm)
    local keep = serial.begin(vm, "hold --hold-ms 100000000", 1)
    serial.run(vm, "set", 1, LINE)
    local deaf = vm.uart0:fault { at = "irq.raise", match = { vector = "PORT1" }, action = "drop" }
    local stuck = vm.uart0:fault { at = "serial.line", match = { port = 1, line = "RTS", level = 0 }, action = "drop" }
    local receive = serial.begin(vm, "receive --size 100000 --timeout-ms 2000", 1)
    local sent = serial.run(vm, "send --size 100000 --drain", 0, LINE)
    deaf:disarm()
    local read = vm:wait(receive).values.bytes
    expect.equal(sent.values.bytes, 100000)
    expect.equal(read + vm.uart0:peek("P_OVERRUNS", 1), 100000, "what was not lost was read")
    expect.is_true(stuck:status().fired > 0)
    stuck:disarm()

    -- the other way round: the line is off, and stays so
    serial.run(vm, "lines --words -rts", 1)
    vm.uart0:fault { at = "serial.line", match = { port = 1, line = "RTS", level = 1 }, action = "drop" }
    serial.run(vm, "lines --words +rts", 1)
    local hold = serial.begin(vm, "hold --hold-ms 100000000", 0)
    local send = serial.begin(vm, "send --size 100 --drain", 0, LINE)
    vm:sleep("5s")
    expect.equal(send:done(), false, "the sender waits")
    expect.equal(vm.uart0:peek("P_STATUS.TX_STOPPED", 0), 1)
    serial.run(vm, "flush", 0)
    expect.equal(vm:wait(send, { timeout = "5s" }).status, 0, "with nothing left to send it is done")
    serial.stop(vm, keep, hold)
  end,
}
