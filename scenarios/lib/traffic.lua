-- SPDX-License-Identifier: GPL-2.0-or-later
-- Two ports that talk to each other in settings of chance, from the run's seed, both at once and with flow control.
local serial = require "serial"

local traffic = {}

local SIZE = 16 << 10
local BAUD = { 9600, 12000000 }
local FORMATS = { "8n1", "8n2", "8e1", "8o1", "8m1", "8s1" }
local FLOWS = { "rtscts", "ixon,ixoff", "rtscts,ixon,ixoff" }
local QUIET_MS = 30000 -- longer than any pause

local function any(list)
  return list[math.random(#list)]
end

-- Small and large ones alike.
local function about(low, high)
  return math.floor(low * (high / low) ^ math.random())
end

-- What one end does: how much it writes and reads at a time, and how long it rests in between.
local function pace()
  return ("--chunk %d --gap-ms %d --pause-ms %d"):format(about(16, 4096), any { 0, 0, 1, 20 }, any { 0, 0, 1, 50 })
end

local function settings(case)
  local flow = any(FLOWS)
  return {
    line = ("%d,%s,%s"):format(about(BAUD[1], BAUD[2]), any(FORMATS), flow),
    data = ("--size %d --timeout-ms %d%s"):format(about(1, SIZE), QUIET_MS, flow:find("ix") and " --no-controls" or ""),
    seed = { 2 * case, 2 * case + 1 },
    pace = { pace(), pace() },
  }
end

local function talk(vm, s, port)
  return serial.spawn(vm, ("duplex %s %s --seed %d --expect-seed %d"):format(s.data, s.pace[port + 1], s.seed[port + 1],
    s.seed[2 - port]), port)
end

-- Both ports are set before one of them sends, and stay open until all has arrived.
local function transfer(vm, s)
  local holds, ends = {}, {}
  for port = 0, 1 do
    holds[port + 1] = serial.begin(vm, "hold --hold-ms 1000000000", port, s.line)
  end
  for port = 0, 1 do
    ends[port + 1] = talk(vm, s, port)
  end
  for port = 0, 1 do
    local r = vm:wait(ends[port + 1])
    local what = ("%s %s, port %d (%s, the other: %s): %s"):format(s.line, s.data, port, s.pace[port + 1], s.pace[2 - port], r.out)
    expect.equal({ r.status, r.values.data }, { 0, "ok" }, what)
    expect.equal(vm.uart0:peek("P_OVERRUNS", port), 0, what)
    expect.equal(serial.attribute(vm, port, "fallbacks"), "0", what)
  end
  serial.stop(vm, table.unpack(holds))
end

-- For so long, half of it by rings and half by the FIFO.
function traffic.run(vm, time)
  serial.each_way(vm, function(rings)
    local to, n = vm:now() + ns(time) // 2, 0
    while vm:now() < to do
      n = n + 1
      transfer(vm, settings(n))
    end
    vm:step(("%d transfers by %s"):format(n, rings and "rings" or "the FIFO"))
  end)
  expect.equal(vm.uart0:misuse(), 0)
end

return traffic
