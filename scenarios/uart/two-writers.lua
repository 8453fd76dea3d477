-- SPDX-License-Identifier: GPL-2.0-or-later
local serial = require "serial"

return scenario {
  summary = "two programs write to one port at once: each write is whole, and all of them arrive",
  machine = { uart0 = serial.card() },
  modules = { "stunt_uart" },
  run = function(vm)
    local receive = serial.begin(vm, "receive --hex --size 4000 --timeout-ms 1000", 1, "1000000")
    local writers = {}
    for i, letter in ipairs { "a", "b" } do
      local text = (letter:rep(99) .. "."):rep(20)
      writers[i] = serial.spawn(vm, { "send", "--chunk", "100", "--gap-ms", "1", "--text", text }, 0, "1000000")
    end
    for _, writer in ipairs(writers) do
      expect.equal(vm:wait(writer).values.bytes, 2000)
    end
    local seen = vm:wait(receive).out:match("^(%x*)\n"):gsub("..", function(byte) return string.char(tonumber(byte, 16)) end)
    expect.equal(#seen, 4000)
    local lines = { a = 0, b = 0 }
    for line in seen:gmatch("[^.]*%.") do
      local letter = line:sub(1, 1)
      expect.equal(line, letter:rep(99) .. ".")
      lines[letter] = lines[letter] + 1
    end
    expect.equal({ lines.a, lines.b }, { 20, 20 })
  end,
}
