-- SPDX-License-Identifier: GPL-2.0-or-later
-- Characters that never arrive, arrive twice or late: nothing in the line's format tells of it, but of an overrun.
local serial = require "serial"

local CASES = {
  { at = "serial.tx", action = "drop", seen = "41424445" },
  { at = "serial.rx", action = "drop", seen = "41424445" },
  { at = "serial.rx", action = "duplicate", seen = "414243434445" },
  { at = "serial.rx", action = "delay", params = { ns = "1s" }, seen = "4142434445" }, -- as the next one comes at the latest
  { at = "serial.rx", action = "overrun", seen = "41424445" }, -- tells the driver, which counts it
}

local function hit(vm, case)
  local port = case.at == "serial.tx" and 0 or 1
  local rule = vm.uart0:fault { at = case.at, match = { port = port }, nth = 3, action = case.action, params = case.params }
  local lost = serial.counts(vm, 1).overrun
  local name = case.at .. " " .. case.action
  expect.equal(serial.seen(vm, "send --drain --text ABCDE", "115200", "115200,inpck,parmrk", 32), case.seen, name)
  expect.equal(serial.counts(vm, 1).overrun - lost, case.action == "overrun" and 1 or 0, name)
  expect.equal(rule:status().fired, 1, name)
  rule:disarm()
end

-- The last of them has no next one.
local function late(vm)
  local rule = vm.uart0:fault { at = "serial.rx", match = { port = 1 }, nth = 5, action = "delay", params = { ns = "100ms" } }
  local receive = serial.begin(vm, "receive --hex --size 5 --timeout-ms 1000", 1, "115200")
  local since = vm:now()
  serial.run(vm, "send --drain --text ABCDE", 0, "115200")
  expect.match(vm:wait(receive).out, "^4142434445\n")
  expect.between(vm:now() - since, ns("100ms"), ns("200ms"), "it comes when its time is over")
  rule:disarm()
end

return scenario {
  summary = "characters that are lost, doubled or late on their way, or lost in the FIFO: what is left keeps its order",
  machine = { uart0 = serial.card() },
  proves = {
    ["serial.tx drop"] = "nothing tells of it",
    ["serial.rx drop"] = "nothing tells of it",
    ["serial.rx duplicate"] = "nothing tells of it",
    ["serial.rx delay"] = "the reader waits, and the order stays",
    ["serial.rx overrun"] = "the loss is counted",
  },
  run = function(vm)
    serial.each_way(vm, function()
      local hold = serial.begin(vm, "hold --hold-ms 100000000", 1)
      for _, case in ipairs(CASES) do
        hit(vm, case)
      end
      late(vm)
      serial.stop(vm, hold)
    end)
  end,
}
