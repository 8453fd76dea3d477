-- SPDX-License-Identifier: GPL-2.0-or-later
local events = require "events"
local registry = require "registry"

local STORM_NS = 400000

-- A command on the board's line.
local function serial(vm, words)
  local r = vm:run("stunt-serial -d /dev/ttyS0 -l 115200 " .. words)
  expect.equal(r.status, 0, r.out .. r.err)
  return r.values
end

return scenario {
  summary = "the kernel finds the board on the ISA bus as ttyS0; data in loopback, modem lines, and a lost interrupt, which is an edge",
  machine = { com1 = "uartisa", cmdline = "8250.nr_uarts=4" },
  run = function(vm)
    registry.sh(vm, "dmesg | grep -q 'ttyS0 at I/O 0x3f8 (irq = 4, base_baud = 115200) is a 16550A'")
    local hold = vm:spawn("stunt-serial -d /dev/ttyS0 hold --hold-ms 100000000")
    vm:sleep("10ms")
    local IN = vm.com1.INPUT
    vm.com1:set("port0.inputs", IN.RI | IN.DSR)
    local lines = serial(vm, "lines")
    expect.equal({ lines.cts, lines.dsr, lines.ri, lines.dcd }, { 0, 1, 1, 0 })

    lines = serial(vm, "lines --words +loop,+rts,-dtr")
    expect.equal({ lines.cts, lines.dsr, lines.dcd }, { 1, 0, 1 }, "OUT2 is on: it lets interrupts through")
    local r = serial(vm, "duplex --size 5000 --timeout-ms 1000")
    expect.equal({ r.data, r.bytes }, { "ok", 5000 })

    -- the next edge is that of another cause, a character that comes back
    local lost = vm.com1:fault { at = "irq.raise", nth = 4, action = "drop" }
    local sender = vm:spawn("stunt-serial -d /dev/ttyS0 -l 115200 duplex --size 200 --timeout-ms 60000")
    vm:sleep("10s")
    expect.equal(lost:status().fired, 1)
    expect.is_true(not sender:done(), "nobody asks again")
    vm.com1:interrupt("IRQ")
    expect.equal(vm:wait(sender, { timeout = "2s" }).values.data, "ok")

    serial(vm, "lines --words -loop")
    vm.com1:set("port0.peer", 'after 20ms; send "hello"; expect "ok" within 1s')
    expect.equal(vm:run("stunt-serial -d /dev/ttyS0 -l 115200 receive --hex --size 5 --timeout-ms 2000").out:match("^%x*"), "68656c6c6f")
    serial(vm, "send --text ok --drain")
    expect.equal(vm.com1:get("port0.peer-state"):match("^%a*"), "done")

    -- a storm keeps its time also while the processor sleeps
    local since = events.last(vm, "com1")
    vm.com1:fault { at = "irq.raise", nth = 1, action = "storm", params = { count = 6, ns = STORM_NS } }
    vm.com1:set("port0.peer", 'after 20ms; send "x"')
    vm:sleep("100ms")
    local raised = vm:events { device = "com1", class = "irq.raise", since = since }
    expect.equal(#raised, 6)
    for i = 2, 6 do
      expect.equal(raised[i].time_ns - raised[i - 1].time_ns, STORM_NS, "signal " .. i)
    end
    expect.equal(vm.com1:misuse(), 0)
    vm:kill(hold)
    vm:wait(hold)
  end,
}
