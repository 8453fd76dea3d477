-- SPDX-License-Identifier: GPL-2.0-or-later
-- What a 16550A tells of single characters, in LSR, and what the kernel's own driver makes of it.
local serial = require "serial"

local CASES = {
  { action = "framing", seen = "4142ff00434445", count = "frame" },
  { action = "parity", seen = "4142ff00434445", count = "parity" },
  { action = "break", seen = "4142ff00004445", count = "brk" },
}

local function count_of(vm, case, before)
  local after = serial.counts(vm, 1)
  for _, name in ipairs { "frame", "parity", "brk", "overrun" } do
    expect.equal(after[name] - before[name], name == case.count and 1 or 0, case.action .. ": " .. name)
  end
end

return scenario {
  summary = "the kernel's own driver marks and counts a bad character, a break, and a speed that is not that of the other end",
  machine = serial.stock(),
  run = function(vm)
    local hold = serial.begin(vm, "hold --hold-ms 100000000", 1)
    for _, case in ipairs(CASES) do
      local rule = vm.uart0:fault { id = case.action, at = "serial.rx", match = { port = 1 }, nth = 3, action = case.action }
      local before = serial.counts(vm, 1)
      expect.equal(serial.seen(vm, "send --drain --text ABCDE", "115200", "115200,inpck,parmrk", 32), case.seen, case.action)
      count_of(vm, case, before)
      rule:disarm()
    end
    local before = serial.counts(vm, 1)
    expect.equal(serial.seen(vm, "break --hold-ms 20", "9600", "9600,parmrk", 16), "ff0000", "a break, marked")
    count_of(vm, { action = "a real break", count = "brk" }, before)
    before = serial.counts(vm, 1)
    serial.seen(vm, "send --drain --size 50", "19200", "115200", 400)
    local after = serial.counts(vm, 1)
    expect.is_true(after.frame + after.brk > before.frame + before.brk + 50, "a bit is six of its own: garbage")
    serial.transfer(vm, "115200", 500)
    serial.stop(vm, hold)
  end,
}
