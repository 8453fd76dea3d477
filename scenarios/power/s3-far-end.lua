-- SPDX-License-Identifier: GPL-2.0-or-later
-- Who is at the other end of a serial line goes on while the card has no power: held by RTS/CTS it waits, else what it sends is lost.
local peer = require "peer"
local power = require "power"
local serial = require "serial"

local SIZE, BAUD = 20000, 115200
local PER_SECOND = BAUD // 10

-- The system sleeps for so long under a stream of characters from the other end. Gives how many arrived, and their check.
local function across(vm, flow, time)
  local line = BAUD .. flow
  local receive = serial.begin(vm, ("receive --size %d --seed 2 --timeout-ms 3000"):format(SIZE), 0, line)
  local far = peer.start(vm, 0, ("line %d 8n1 %s\nsend %d seed 2"):format(BAUD, flow == "" and "" or "rtscts", SIZE))
  vm:sleep("500ms")
  local slept = power.sleep(vm, "s3", time)
  far:wait()
  local r = vm:wait(receive).values
  return r.bytes, r.data, slept
end

return scenario {
  summary = "in S3 a far end that obeys RTS/CTS loses nothing; of one that does not only that is lost which it sends meanwhile",
  machine = { uart0 = { type = "uart", ports = 1 } },
  modules = { "stunt_uart" },
  deadline = "300s",
  run = function(vm)
    local bytes, data = across(vm, ",rtscts", "60s")
    expect.equal({ bytes, data }, { SIZE, "ok" })

    local bytes, data, slept = across(vm, "", "500ms")
    local away = slept.end_ns - slept.start_ns
    expect.between(SIZE - bytes, PER_SECOND // 2, away * PER_SECOND // ns("1s"), "those of the time asleep")
    expect.equal(data, "wrong", "and no other takes their place")
    expect.equal(vm.uart0:misuse(), 0)
  end,
}
