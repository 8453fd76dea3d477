-- SPDX-License-Identifier: GPL-2.0-or-later
-- A real protocol, Debian's lrzsz, over a line that damages one character in a thousand and says nothing of it. The
-- acknowledgements suffer, too.
local serial = require "serial"

local SIZE = 256 << 10
local PLAIN = 64 << 10 -- without a protocol
local NOISE = 1000 -- of a million
local FILE = "data"

local function shell(text)
  return { "sh", "-c", text }
end

local function sum(vm, folder)
  return vm:run({ "sha256sum", folder .. "/" .. FILE }).out:match("^%x+")
end

-- How many characters the ports have sent so far.
local function sent(vm)
  return { serial.counts(vm, 0).tx, serial.counts(vm, 1).tx }
end

-- By Zmodem from port 0 to port 1; gives what each of them has sent. A window, or each damage costs all that is under way.
local function zmodem(vm)
  local before = sent(vm)
  expect.equal(vm:run(shell("rm -rf /tmp/in && mkdir /tmp/in")).status, 0)
  local receive = vm:spawn(shell("cd /tmp/in && rz -bq < /dev/ttySU1 > /dev/ttySU1"))
  local send = vm:run(shell(("sz -bq -L 256 -w 1024 /tmp/%s < /dev/ttySU0 > /dev/ttySU0"):format(FILE)))
  local received = vm:wait(receive)
  expect.equal({ send.status, received.status }, { 0, 0 }, send.err .. received.err)
  expect.equal(sum(vm, "/tmp/in"), sum(vm, "/tmp"), "the file is whole")
  local now = sent(vm)
  return now[1] - before[1], now[2] - before[2]
end

-- The data alone.
local function plain(vm)
  local receive = serial.begin(vm, ("receive --size %d --timeout-ms 1000"):format(PLAIN), 1)
  serial.run(vm, ("send --size %d --drain"):format(PLAIN), 0)
  return vm:wait(receive).values.data
end

local function over_noise(vm, clean)
  vm.uart0:set("noise", NOISE)
  local data, answers = zmodem(vm)
  vm:step(("%d and %d characters, without noise %d and %d"):format(data, answers, clean.data, clean.answers))
  expect.is_true(data > clean.data + SIZE // 10, "a lot had to be sent again")
  expect.is_true(answers > clean.answers, "because the receiver asked for it")
  expect.equal(plain(vm), "wrong", "without the protocol the data is damaged")
  for port = 0, 1 do
    local counts = serial.counts(vm, port)
    expect.equal({ counts.parity, counts.frame, counts.overrun, counts.brk }, { 0, 0, 0, 0 }, "and nobody knows")
  end
  vm.uart0:set("noise", 0)
end

return scenario {
  summary = "Zmodem delivers a file over a line that damages one character in a thousand, where the data alone arrives damaged",
  machine = { uart0 = serial.card() },
  deadline = "1h",
  run = function(vm)
    local clean
    vm:put("/tmp/" .. FILE, "")
    serial.run(vm, { "send", "-d", "/tmp/" .. FILE, "--size", tostring(SIZE) })
    serial.each_way(vm, function(rings)
      for _, line in ipairs(rings and { "4000000", "115200" } or { "921600" }) do
        local holds = {}
        for port = 0, 1 do
          holds[port + 1] = serial.begin(vm, "hold --hold-ms 1000000000", port, line)
        end
        if not clean then
          clean = {}
          clean.data, clean.answers = zmodem(vm)
        end
        over_noise(vm, clean)
        serial.stop(vm, table.unpack(holds))
      end
    end)
  end,
}
