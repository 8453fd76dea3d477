-- SPDX-License-Identifier: GPL-2.0-or-later
local serial = require "serial"

return scenario {
  summary = "two ends at different speeds give garbage and framing errors, counted and marked, and work again once they agree",
  machine = { uart0 = serial.card() },
  modules = { "stunt_uart" },
  run = function(vm)
    local hold = serial.begin(vm, "hold --hold-ms 100000000", 1)
    local seen = serial.seen(vm, "send --size 64 --drain", "115200", "19200,inpck,parmrk", 200)
    local counts = serial.counts(vm, 1)
    expect.is_true(counts.frame > 0, "framing errors are counted")
    expect.equal(counts.frame + counts.brk, vm.uart0:peek("P_FRAMING_ERRORS", 1) + vm.uart0:peek("P_BREAKS", 1), "as many as the device saw")
    local marks = select(2, seen:gsub("ff00", ""))
    expect.is_true(marks >= counts.frame, "each is marked in what is read: " .. seen)

    -- a speed too slow to be wrong: within two percent
    serial.transfer(vm, "115200", 5000, { other = "116000" })
    expect.equal(serial.counts(vm, 1).frame, counts.frame)
    serial.stop(vm, hold)
  end,
}
