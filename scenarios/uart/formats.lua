-- SPDX-License-Identifier: GPL-2.0-or-later
-- Bits, parity and stop bits: what termios says is what is on the line, and both ends agree.
local serial = require "serial"

local PARITY = { n = "NONE", o = "ODD", e = "EVEN", m = "MARK", s = "SPACE" }

return scenario {
  summary = "each format of 5 to 8 bits, five parities and one or two stop bits is programmed and carries data without an error",
  machine = { uart0 = serial.card() },
  modules = { "stunt_uart" },
  deadline = "300s",
  run = function(vm)
    local hold = serial.begin(vm, "hold --hold-ms 100000000", 1)
    local FORMAT = vm.uart0
    for bits = 5, 8 do
      local mask = (1 << bits) - 1
      for parity, name in pairs(PARITY) do
        for stop = 1, 2 do
          local line = ("115200,%d%s%d"):format(bits, parity, stop)
          local seen = serial.seen(vm, "send --text Az09 --drain", line, line, 4)
          local wanted = ""
          for i = 1, 4 do
            wanted = wanted .. ("%02x"):format(("Az09"):byte(i) & mask)
          end
          expect.equal(seen, wanted, line)
          local format = vm.uart0:peek("P_FORMAT", 1)
          expect.equal(format & 0xf, bits, line)
          expect.equal(format >> 4 & 7, FORMAT.PARITY[name], line)
          expect.equal(format >> 8 & 3, stop == 1 and 0 or bits == 5 and 1 or 2, line)
        end
      end
    end
    local counts = serial.counts(vm, 1)
    expect.equal({ counts.frame, counts.parity, counts.brk, counts.rx }, { 0, 0, 0, 160 })
    serial.stop(vm, hold)
  end,
}
