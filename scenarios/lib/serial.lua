-- SPDX-License-Identifier: GPL-2.0-or-later
-- What the scenarios of serial lines share. Ports 0 and 1 of a card are wired to each other.
local events = require "events"
local guest = require "guest"
local registry = require "registry"

local serial = {}

function serial.card(more)
  local card = { type = "uart", wires = "0-1" }
  for key, value in pairs(more or {}) do
    card[key] = value
  end
  return card
end

-- Which line of the guest a port is: stunt_uart's, until serial.stock() has been said.
local line_of = function(port) return ("/dev/ttySU%d"):format(port) end

-- A machine whose cards are for the kernel's own driver of 16550s, which takes them at boot by their class. Slots 0 to 3 are
-- those of ISA ports, which are not there, so the first card begins at ttyS4.
function serial.stock(more)
  line_of = function(port) return ("/dev/ttyS%d"):format(port + 4) end
  local machine = { uart0 = serial.card { ["class-code"] = 0x070002 }, cmdline = "8250.nr_uarts=16" }
  for key, value in pairs(more or {}) do
    machine[key] = value
  end
  return machine
end

-- Back to stunt_uart's.
function serial.own()
  line_of = function(port) return ("/dev/ttySU%d"):format(port) end
end

-- Words of stunt-serial: a text, or a list where one of them has blanks.
local function command(words, port, line)
  local list = { "stunt-serial", "-d", line_of(port or 0) }
  if line then
    list[#list + 1] = "-l"
    list[#list + 1] = line
  end
  if type(words) == "table" then
    table.move(words, 1, #words, #list + 1, list)
  else
    for word in words:gmatch("%S+") do
      list[#list + 1] = word
    end
  end
  return list
end

function serial.run(vm, words, port, line)
  local r = vm:run(command(words, port, line))
  expect.equal(r.status, 0, r.out .. r.err)
  return r
end

function serial.spawn(vm, words, port, line)
  return vm:spawn(command(words, port, line))
end

local BEGUN, TRIES = 77, 100

-- A command on one port that is at work: it says so on the timeline. One that fails never does.
function serial.begin(vm, words, port, line)
  local list = command(words, port, line)
  table.move({ "--begun", tostring(BEGUN) }, 1, 2, #list + 1, list)
  local since = events.last(vm, "link")
  local begun = vm:spawn(list)
  for _ = 1, TRIES do
    vm:sleep("10ms")
    if #vm:events { device = "link", class = "link.mark", value = BEGUN, since = since } > 0 then
      break
    end
  end
  return begun
end

-- The counters of a port. It has to be open already, or they are only what was left.
function serial.counts(vm, port)
  return serial.run(vm, "counts", port).values
end

-- `size` bytes from port 0 to port 1; gives both results. What the other end gets is what was sent.
function serial.transfer(vm, line, size, more)
  more = more or {}
  local receive = serial.begin(vm, ("receive --size %d --timeout-ms 2000 %s"):format(size, more.receive or ""), 1, more.other or line)
  local send = serial.run(vm, ("send --size %d --drain %s"):format(size, more.send or ""), 0, line)
  local r = vm:wait(receive)
  expect.equal({ r.status, r.values.data, r.values.bytes }, { 0, "ok", size }, line .. ": " .. r.out)
  expect.equal(r.values.sum, send.values.sum)
  return send, r
end

-- What port 1 reads, in hexadecimal, while port 0 does `words`; both by lines of their own.
function serial.seen(vm, words, line, other, size)
  local receive = serial.begin(vm, ("receive --hex --size %d --timeout-ms 500"):format(size or 64), 1, other or line)
  serial.run(vm, words, 0, line)
  return vm:wait(receive).out:match("^(%x*)\n")
end

serial.sum = events.sum
serial.write = guest.write

serial.ADDRESS = registry.address(1)
serial.SYSFS = "/sys/bus/pci/devices/" .. serial.ADDRESS

-- The card may wake the system, or not: as it is at first, and has to be in the end.
function serial.let_wake(vm, may)
  serial.write(vm, serial.SYSFS .. "/power/wakeup", may and "enabled" or "disabled")
end

-- The system sleeps until the card wakes it. After a second wake() happens; gives the last event before.
function serial.asleep(vm, wake)
  vm:suspend("freeze")
  vm:sleep("1s")
  expect.equal(vm.uart0:power().state, "D3hot")
  local since = serial.last_event(vm)
  wake()
  expect.equal(vm:wake().status, 0)
  return since
end

-- The ringing of a telephone at a port without a wire.
function serial.ring(vm, port)
  local property = ("port%d.inputs"):format(port)
  local idle = vm.uart0:get(property)
  vm.uart0:set(property, idle | 4)
  vm.uart0:set(property, idle)
end

-- Commands that run until they are told to end.
function serial.stop(vm, ...)
  for _, command in ipairs { ... } do
    vm:kill(command)
    vm:wait(command)
  end
end

-- All ways that data can go: by rings, and by the FIFO.
function serial.each_way(vm, f, parameters)
  for _, dma in ipairs { 1, 0 } do
    vm:insmod("stunt_uart", ("dma=%d %s"):format(dma, parameters or ""))
    f(dma == 1)
    vm:rmmod("stunt_uart")
  end
end

function serial.last_event(vm)
  return events.last(vm, "uart0")
end

function serial.attribute(vm, port, name)
  return vm:get(("/sys/class/tty/ttySU%d/%s"):format(port, name)):match("^(.-)\n?$")
end

-- How many register accesses and interrupts there were since an event.
function serial.cost(vm, since)
  local n = 0
  for _, class in ipairs { "mmio.read", "mmio.write" } do
    n = n + #vm:events { device = "uart0", class = class, since = since }
  end
  return n, #vm:events { device = "uart0", class = "irq.raise", since = since }
end

return serial
