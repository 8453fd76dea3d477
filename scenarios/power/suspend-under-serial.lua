-- SPDX-License-Identifier: GPL-2.0-or-later
-- The system goes to sleep under a transfer from port to port: at one moment after another, since a character takes ten microseconds,
-- so that each is met in another place, as are rings and FIFOs; and at events from the transfer's beginning to its end.
local events = require "events"
local power = require "power"
local serial = require "serial"

local LINE, SIZE = "1000000,rtscts", 20000
local STEP, TO = ns("19us"), ns("700us")
local ALL, EVENTS = "250ms", 30 -- time that it takes, and how many of its events

local function transfer(vm)
  local receive = serial.begin(vm, ("receive --size %d --timeout-ms 3000"):format(SIZE), 1, LINE)
  return receive, serial.begin(vm, ("send --size %d --drain"):format(SIZE), 0, LINE)
end

-- Cells of the sweep: each with its time from now.
local function cells(vm)
  local since, start, list, i = serial.last_event(vm), vm:now(), {}, 1
  vm:sleep(ALL)
  local all = events.points(vm, "uart0", since)
  for at = 0, TO, STEP do
    while all[i].time_ns - start < at do
      i = i + 1
    end
    list[#list + 1] = { at = at, row = "before " .. all[i].class, point = ("%d, %d us"):format(all[i].nth, at // 1000) }
  end
  for k = 1, #all, #all // EVENTS do
    list[#list + 1] = { at = all[k].time_ns - start, row = all[k].class, point = all[k].nth }
  end
  return list
end

local function slept_at(vm, at, receive, send)
  vm:sleep(at)
  power.down_and_up(vm)
  if vm.uart0:power().count.D3hot ~= 1 then
    return "no sleep"
  end
  local s, r = vm:wait(send, { timeout = "20s" }), vm:wait(receive, { timeout = "20s" })
  if r.values.data == "ok" and r.values.bytes == SIZE and s.out:find("drain error=EINTR", 1, true) then
    return "drain broken off"
  end
  if s.status == 0 and r.values.data == "ok" and r.values.bytes == SIZE then
    return "ok"
  end
  return (r.values.bytes or 0) > SIZE and "doubled" or "data lost", s.out .. r.out
end

return scenario {
  summary = "a suspend at any moment of a serial transfer neither loses nor doubles a character",
  machine = { uart0 = serial.card() },
  outcomes = { "ok", "drain broken off" }, -- Linux ends a task's tcdrain() with EINTR when it freezes the task (tty_ioctl.c, TCSBRK)
  deadline = "600s",
  run = function(vm)
    serial.each_way(vm, function(rings)
      local receive, send = transfer(vm)
      vm:snapshot("sending")
      for _, cell in ipairs(cells(vm)) do
        vm:cell({ from = "sending", sweep = rings and "rings" or "FIFOs", row = cell.row, point = cell.point }, function()
          return slept_at(vm, cell.at, receive, send)
        end)
      end
      serial.stop(vm, send, receive)
    end)
  end,
}
