-- SPDX-License-Identifier: GPL-2.0-or-later
local growth = require "growth"
local power = require "power"
local serial = require "serial"

local ROUNDS = 20

-- Within a millisecond: what else the guest has to do comes at one time or another. And no more in the end than at first.
local function steady(times)
  local sum = { 0, 0 }
  for round, time in ipairs(times) do
    expect.between(time, times[1] - ns("1ms"), times[1] + ns("1ms"), "round " .. round)
    local half = round <= ROUNDS // 2 and 1 or 2
    sum[half] = sum[half] + time
  end
  expect.between((sum[2] - sum[1]) // (ROUNDS // 2), -ns("200us"), ns("200us"), "drift")
end

return scenario {
  summary = "twenty rounds of S3 take the same virtual time each, and leave nothing behind",
  machine = { dma0 = "dma", uart0 = serial.card() },
  modules = { "stunt_dma", "stunt_uart" },
  deadline = "300s",
  run = function(vm)
    local down, up = {}, {}
    growth.none(vm, function(round)
      local r = power.sleep(vm, "s3", "5s")
      if round > 0 then
        down[round], up[round] = r.asleep_ns - r.start_ns, r.end_ns - r.woken_ns
      end
    end, ROUNDS)
    steady(down)
    steady(up)
  end,
}
