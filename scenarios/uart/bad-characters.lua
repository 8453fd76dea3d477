-- SPDX-License-Identifier: GPL-2.0-or-later
-- What a line does to single characters. The third of five is hit; what the reader sees of it is told by PARMRK.
local serial = require "serial"

local TEXT = "ABCDE"
local CASES = {
  { action = "noise", params = { xor = 4 }, seen = "4142474445" }, -- nothing tells of it without parity
  { action = "framing", seen = "4142ff00434445", count = "frame" },
  { action = "parity", seen = "4142ff00434445", count = "parity" },
  { action = "break", seen = "4142ff00004445", count = "brk" },
}

local function hit(vm, case, line)
  local rule = vm.uart0:fault { at = "serial.rx", match = { port = 1 }, nth = 3, action = case.action, params = case.params }
  local before = serial.counts(vm, 1)
  expect.equal(serial.seen(vm, "send --drain --text " .. TEXT, line, line .. ",inpck,parmrk", 32), case.seen, case.action)
  local after = serial.counts(vm, 1)
  for _, name in ipairs { "frame", "parity", "brk", "overrun" } do
    expect.equal(after[name] - before[name], name == case.count and 1 or 0, case.action .. ": " .. name)
  end
  expect.equal(rule:status().fired, 1)
  rule:disarm()
end

return scenario {
  summary = "a character with a wrong bit, without its stop bit, with wrong parity, or a break in its place: marked, and counted once",
  machine = { uart0 = serial.card() },
  proves = {
    ["serial.rx noise"] = "nothing without parity, with it the character is marked",
    ["serial.rx framing"] = "the character is marked and counted",
    ["serial.rx parity"] = "the character is marked and counted",
    ["serial.rx break"] = "a break is marked and counted",
  },
  run = function(vm)
    serial.each_way(vm, function()
      local hold = serial.begin(vm, "hold --hold-ms 100000000", 1)
      for _, case in ipairs(CASES) do
        hit(vm, case, "115200")
      end
      hit(vm, { action = "noise", params = { xor = 4 }, seen = "4142ff00474445", count = "parity" }, "115200,8e1")
      serial.stop(vm, hold)
    end)
  end,
}
