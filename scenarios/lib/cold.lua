-- SPDX-License-Identifier: GPL-2.0-or-later
-- What the scenarios of the reset that ends D3cold share: dma0 with some bandwidth, and uart0, a serial.card().
local dma = require "dma"
local power = require "power"
local serial = require "serial"

local cold = {}

local SIZE = 50000

-- The system sleeps in S3, and the reset of these devices when it wakes goes wrong.
function cold.asleep(vm, action, params, ...)
  local rules = {}
  for i, device in ipairs { ... } do
    rules[i] = vm[device]:fault { at = "reset", match = { kind = "COLD" }, nth = 1, action = action, params = params }
  end
  power.sleep(vm, "s3", "5s")
  for _, rule in ipairs(rules) do
    expect.equal(rule:status().fired, 1, action)
    rule:disarm()
  end
end

-- With a transfer of each kind under way: each ends well, and not a character comes twice.
function cold.copes(vm, action, params)
  vm:step(action)
  local receive = serial.begin(vm, ("receive --size %d --timeout-ms 3000"):format(SIZE), 1, "1000000,rtscts")
  local send = serial.begin(vm, ("send --size %d --drain"):format(SIZE), 0, "1000000,rtscts")
  local copy = vm:spawn("stunt-dma copy --channel 2 --size 400000")
  dma.until_busy(vm, 2)
  cold.asleep(vm, action, params, "dma0", "uart0")
  expect.equal(vm:wait(copy).values.data, "ok", action)
  expect.equal(vm:wait(send).status, 0, action)
  local r = vm:wait(receive).values
  expect.equal({ r.data, r.bytes }, { "ok", SIZE }, action)
  expect.equal({ vm.dma0:misuse(), vm.uart0:misuse() }, { 0, 0 }, action)
end

return cold
