-- SPDX-License-Identifier: GPL-2.0-or-later
-- IIR of the receiving port always says the same. What the kernel does is told here, not what it should do.
local serial = require "serial"

local PASSES = 512 -- of serial8250_interrupt() over its ports, before it gives up

local function stick(vm, cause)
  return vm.uart0:fault { at = "mmio.read", match = { offset = vm.uart0:offset("W_IIR", 1) }, action = "replace",
    params = { value = 0xc0 | vm.uart0.W_IIR_CAUSE[cause] } }
end

local function receive(vm)
  local reader = serial.begin(vm, "receive --size 300 --timeout-ms 2000", 1, "115200")
  serial.run(vm, "send --size 300 --drain", 0, "115200")
  return vm:wait(reader).values
end

-- The driver goes by LSR, whatever IIR says, so nothing is lost; but each interrupt is asked about until it gives up.
local function always_data(vm)
  local since = serial.last_event(vm)
  local rule = stick(vm, "DATA")
  local r = receive(vm)
  expect.equal({ r.data, r.bytes }, { "ok", 300 })
  local interrupts = #vm:events { device = "uart0", class = "irq.raise", since = since }
  expect.between(rule:status().fired, PASSES * interrupts // 2, (PASSES + 4) * interrupts)
  rule:disarm()
end

-- The port is never looked after, the line stays on, and the kernel switches it off, for all ports that share it.
local function never_anything(vm)
  local rule = stick(vm, "NOTHING")
  expect.equal(receive(vm).bytes, 0)
  expect.between(rule:status().fired, 99000, 101000, "unhandled interrupts, until it was")
  rule:disarm()
end

return scenario {
  summary = "a stuck IIR: always data costs 512 passes an interrupt; never anything gets the line switched off, until the ports are opened anew",
  machine = serial.stock(),
  deadline = "300s",
  oracle = { expect = { { kind = "stray-irq", pattern = "nobody cared" } } },
  proves = { ["mmio.read replace"] = "no lockup: the 8250 driver gives up, or the kernel switches the line off" },
  run = function(vm)
    always_data(vm)
    never_anything(vm)
    local r = receive(vm)
    expect.equal({ r.data, r.bytes }, { "ok", 300 }, "who opens the ports again has the line again")
  end,
}
