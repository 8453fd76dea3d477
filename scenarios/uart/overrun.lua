-- SPDX-License-Identifier: GPL-2.0-or-later
-- Nobody comes for what is received, and nobody holds the sender: what is lost is lost, but it is known how much.
local serial = require "serial"

local SIZE = 40000 -- at 4 Mbaud a tenth of a second: less than the driver's watch sleeps

local function send_to_the_deaf(vm)
  local deaf = vm.uart0:fault { at = "irq.raise", match = { vector = "PORT1" }, action = "drop" }
  local receive = serial.begin(vm, ("receive --size %d --timeout-ms 2000"):format(SIZE), 1, "4000000")
  serial.run(vm, ("send --size %d --drain"):format(SIZE), 0, "4000000")
  deaf:disarm()
  return vm:wait(receive).values.bytes
end

return scenario {
  summary = "without flow control a system that does not react loses characters, and the counters say how many, to the character",
  machine = { uart0 = serial.card() },
  catches = { "missed_overrun" },
  proves = { ["irq.raise drop"] = "the watch comes for what is left, and the losses are counted" },
  run = function(vm)
    serial.each_way(vm, function(dma)
      local keep = serial.begin(vm, "hold --hold-ms 100000000", 1)
      local read = send_to_the_deaf(vm)
      serial.run(vm, "send --size 16 --drain", 0, "4000000") -- tells of those lost before it
      vm:sleep("300ms")
      local counts = serial.counts(vm, 1)
      expect.equal(read, dma and 16384 + 256 or 256, "what there is room for is kept")
      expect.equal(counts.overrun, SIZE - read)
      expect.equal(counts.overrun, vm.uart0:peek("P_OVERRUNS", 1))
      expect.equal(counts.rx, read + 16)
      expect.equal(counts.buf_overrun, 0, "none is lost by the driver")
      serial.stop(vm, keep)
    end, "watch_ms=1000")
  end,
}
