-- SPDX-License-Identifier: GPL-2.0-or-later
local peer = require "peer"
local serial = require "serial"

-- What the peer drives, which line of the port moves by it, and whose change TIOCMIWAIT and the counters tell.
local CASES = {
  { drives = "rts", line = "cts" },
  { drives = "dtr", line = "dsr", more = "dcd" },
  { drives = "dcd", line = "dcd" },
  { drives = "ri", line = "ri", count = "rng", ends_only = true },
}

local function moves(vm, case)
  local on = case.drives ~= "ri"
  local before = serial.counts(vm, 0)
  local wait = serial.begin(vm, "wait --words " .. case.line)
  local p = peer.start(vm, 0, ("after 20ms; lines %s%s; after 3ms; lines %s%s"):format(on and "-" or "+", case.drives,
    on and "+" or "-", case.drives))
  expect.equal(vm:wait(wait, { timeout = "1s" }).values.changed, 1, case.drives)
  p:wait()
  vm:sleep("5ms")
  local after = serial.counts(vm, 0)
  for _, name in ipairs { "cts", "dsr", "dcd", "rng" } do
    local here = name == (case.count or case.line) or name == case.more
    expect.equal(after[name] - before[name], here and (case.ends_only and 1 or 2) or 0, case.drives .. ": " .. name)
  end
end

return scenario {
  summary = "a peer moves each modem line: who waits for it is woken, each edge is counted, and the peer sees what the port drives",
  machine = { uart0 = { type = "uart", ports = 1 } },
  modules = { "stunt_uart" },
  run = function(vm)
    local sees = peer.start(vm, 0, "expect-lines +cts +dsr +dcd -ri within 1s")
    local hold = serial.begin(vm, "hold --hold-ms 100000000", 0, "115200")
    sees:wait()
    for _, case in ipairs(CASES) do
      moves(vm, case)
    end
    sees = peer.start(vm, 0, "expect-lines -cts +dsr within 1s; expect-lines +cts -dsr -dcd within 1s")
    serial.run(vm, "lines --words -rts")
    serial.run(vm, "lines --words +rts,-dtr")
    sees:wait()
    serial.stop(vm, hold)

    -- without a carrier an open line hangs up
    local receive = serial.begin(vm, "receive --size 10", 0, "115200,modem")
    peer.start(vm, 0, "lines -dcd")
    expect.equal(vm:wait(receive, { timeout = "1s" }).values.error, "HANGUP")
  end,
}
