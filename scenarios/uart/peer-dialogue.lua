-- SPDX-License-Identifier: GPL-2.0-or-later
local peer = require "peer"
local serial = require "serial"

local MODEM = [[
  line 115200 8n1
  expect "ATZ\r" within 1s
  after 20ms
  send "ATZ\r\r\nOK\r\n"
  repeat 3
    expect exactly "AT\r" within 1s
    send "OK\r\n"
  end
  expect exactly "ATD555\r" within 1s
  after 500ms; send "CONNECT 115200\r\n"
  expect exactly 1000 seed 5 within 1s
  send 2000 seed 6
  idle 100ms
]]

return scenario {
  summary = "a modem answers its commands, connects, and carries data both ways",
  machine = { uart0 = { type = "uart", ports = 2 } },
  modules = { "stunt_uart" },
  run = function(vm)
    local modem = peer.start(vm, 0, MODEM)
    local hold = serial.begin(vm, "hold --hold-ms 100000000", 0, "115200")

    local function ask(command, answer)
      local reader = serial.begin(vm, ("receive --hex --size %d --timeout-ms 2000"):format(#answer))
      serial.run(vm, { "send", "--text", command })
      expect.equal(vm:wait(reader).out:match("^(%x*)\n"), (answer:gsub(".", function(c) return ("%02x"):format(c:byte()) end)))
    end

    ask("ATZ\r", "ATZ\r\r\nOK\r\n")
    for _ = 1, 3 do
      ask("AT\r", "OK\r\n")
    end
    ask("ATD555\r", "CONNECT 115200\r\n")
    local receive = serial.begin(vm, "receive --size 2000 --seed 6 --timeout-ms 2000")
    serial.run(vm, "send --size 1000 --seed 5")
    expect.equal(vm:wait(receive).values.data, "ok")
    modem:wait()
    expect.equal(modem:heard():sub(1, 20), "ATZ\rAT\rAT\rAT\rATD555\r")
    expect.equal(#modem:heard(), 20 + 1000)
    serial.stop(vm, hold)
  end,
}
