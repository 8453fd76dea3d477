-- SPDX-License-Identifier: GPL-2.0-or-later
-- What came out while the machine booted no scenario sees: tests/scenario/test_early_console.py reads it from the log.
local registry = require "registry"
local serial = require "serial"

-- where the firmware puts the I/O BAR of the first card
local EARLY = "earlycon=uart8250,io,0xc000,115200n8"

return scenario {
  summary = "the kernel's early console on the card, from its first line on, and then the regular one: what they say goes out",
  machine = serial.stock { cmdline = "8250.nr_uarts=16 loglevel=6 console=ttyS4,115200 " .. EARLY },
  run = function(vm)
    local log = registry.sh(vm, "dmesg | grep console")
    for _, line in ipairs { "bootconsole %[uart8250%] enabled", "console %[ttyS4%] enabled", "bootconsole %[uart8250%] disabled" } do
      expect.is_true(log:find(line) ~= nil, line)
    end
    local since = serial.last_event(vm)
    registry.sh(vm, "echo '<1>good morning' > /dev/kmsg")
    local text = ""
    for _, event in ipairs(vm:events { device = "uart0", class = "serial.tx", port = 0, since = since }) do
      expect.equal(event.fields.count, 1)
      text = text .. string.char(event.fields.value)
    end
    expect.is_true(text:find("^%[ *%d+%.%d+%] good morning\r\n$") ~= nil, text)
  end,
}
