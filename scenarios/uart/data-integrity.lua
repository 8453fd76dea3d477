-- SPDX-License-Identifier: GPL-2.0-or-later
local serial = require "serial"

return scenario {
  summary = "data of every length and of every byte arrives as it was sent, by rings and by the FIFO",
  machine = { uart0 = serial.card() },
  run = function(vm)
    serial.each_way(vm, function()
      for _, size in ipairs { 1, 2, 63, 64, 65, 255, 256, 257, 4095, 4096, 4097, 20000 } do
        serial.transfer(vm, "1000000", size)
      end
      expect.equal(serial.attribute(vm, 0, "fallbacks"), "0")
    end)
    local writes = #vm:events { device = "uart0", class = "dma.write", channel = 1 }
    expect.is_true(writes > 0, "with rings the device writes to memory")
    expect.equal(vm.uart0:misuse(), 0)
  end,
}
