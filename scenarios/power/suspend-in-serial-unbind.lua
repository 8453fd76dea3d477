-- SPDX-License-Identifier: GPL-2.0-or-later
-- The system goes to sleep while a serial card is unbound and bound again under a transfer.
local events = require "events"
local power = require "power"
local serial = require "serial"

local LINE, SIZE = "1000000,rtscts", 20000
local DRIVER = "/sys/bus/pci/drivers/stunt_uart"
local REBIND = ("echo %s >%s/unbind && echo %s >%s/bind"):format(serial.ADDRESS, DRIVER, serial.ADDRESS, DRIVER)
local POINTS = 20 -- events among all of them

local function rebind(vm) return vm:spawn { "sh", "-c", REBIND } end

local function points(vm)
  local since, start = serial.last_event(vm), vm:now()
  expect.equal(vm:wait(rebind(vm)).status, 0)
  local all, list = events.points(vm, "uart0", since), {}
  for i = 1, #all, #all // POINTS do
    list[#list + 1] = { at = all[i].time_ns - start, row = all[i].class, point = all[i].nth }
  end
  return list
end

-- The tasks of the transfer that was broken off have come to an end, well or not, and a new one works.
local function slept_at(vm, at, receive, send)
  local command = rebind(vm)
  vm:sleep(at)
  local slept = power.suspend(vm)
  if slept.status ~= 0 then
    return "sleep refused", slept.err
  end
  local rebound = vm:wait(command, { timeout = "10s" })
  if rebound.status ~= 0 then
    return "refused", rebound.err
  end
  vm:wait(send, { timeout = "20s" })
  vm:wait(receive, { timeout = "20s" })
  serial.run(vm, "flush", 1, LINE) -- what Linux had not handed on when the port was hung up waits for whoever opens it next
  serial.transfer(vm, LINE, SIZE)
  return "ok"
end

return scenario {
  summary = "a suspend in the middle of a serial card's unbinding and binding: both are done, nobody hangs, and the ports work",
  machine = { uart0 = serial.card() },
  deadline = "600s",
  run = function(vm)
    serial.each_way(vm, function(rings)
      local receive = serial.begin(vm, ("receive --size %d --timeout-ms 3000"):format(SIZE), 1, LINE)
      local send = serial.begin(vm, ("send --size %d --drain"):format(SIZE), 0, LINE)
      vm:snapshot("sending")
      for _, point in ipairs(points(vm)) do
        vm:cell({ from = "sending", sweep = rings and "rings" or "FIFOs", row = point.row, point = point.point }, function()
          return slept_at(vm, point.at, receive, send)
        end)
      end
      serial.stop(vm, send, receive)
    end)
  end,
}
