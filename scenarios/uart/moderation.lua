-- SPDX-License-Identifier: GPL-2.0-or-later
local serial = require "serial"

local GAP_US = 1000
local SIZE = 40000
local TTY = "/sys/class/tty/ttySU1/"

return scenario {
  summary = "with a gap between interrupts there are fewer of them, none too soon, and nothing is lost",
  machine = { uart0 = serial.card() },
  run = function(vm)
    vm:insmod("stunt_uart", "dma=0")
    serial.write(vm, TTY .. "rx_trig_bytes", 16)
    local function count()
      local before = tonumber(serial.attribute(vm, 1, "interrupts"))
      serial.transfer(vm, "1000000,rtscts", SIZE)
      return tonumber(serial.attribute(vm, 1, "interrupts")) - before
    end
    local often = count()
    serial.write(vm, TTY .. "irq_gap_us", GAP_US)
    local since = serial.last_event(vm)
    local seldom = count()
    local raised = vm:events { device = "uart0", class = "irq.raise", vector = "PORT1", since = since }
    for i = 2, #raised do
      expect.is_true(raised[i].time_ns - raised[i - 1].time_ns >= GAP_US * 1000, "interrupt " .. i)
    end
    expect.is_true(seldom * 4 < often, ("%d interrupts, not many fewer than %d"):format(seldom, often))
    expect.equal(vm.uart0:misuse(), 0)
  end,
}
