-- SPDX-License-Identifier: GPL-2.0-or-later
-- The system goes to sleep under a transfer from port to port, at one moment after another: a character takes ten microseconds, so
-- each is met in another place, as are rings and FIFOs.
local power = require "power"
local serial = require "serial"
local sweep = require "sweep"

local LINE, SIZE = "1000000,rtscts", 20000

local function transfer(vm)
  local receive = serial.begin(vm, ("receive --size %d --timeout-ms 3000"):format(SIZE), 1, LINE)
  return receive, serial.begin(vm, ("send --size %d --drain"):format(SIZE), 0, LINE)
end

return scenario {
  summary = "a suspend at any moment of a serial transfer neither loses nor doubles a character",
  machine = { uart0 = serial.card() },
  deadline = "600s",
  run = function(vm)
    serial.each_way(vm, function(rings)
      local receive, send = transfer(vm)
      local points = sweep(vm, "0us", "700us", "7us", function(vm, at)
        vm:sleep(at)
        power.down_and_up(vm)
        local s, r = vm:wait(send), vm:wait(receive)
        local slept = vm.uart0:power().count.D3hot
        local good = s.status == 0 and r.values.data == "ok" and r.values.bytes == SIZE and slept == 1 and vm.uart0:misuse() == 0
        return good, not good and ("slept %d times: %s%s"):format(slept, s.out, r.out) or nil
      end)
      print(("%d suspends with %s, all well"):format(#points, rings and "rings" or "FIFOs"))
      serial.stop(vm, send, receive)
    end)
  end,
}
