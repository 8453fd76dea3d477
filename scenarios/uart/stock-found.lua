-- SPDX-License-Identifier: GPL-2.0-or-later
-- The kernel's own driver, built in: it knows nothing of us but the class of the card and a 16550A behind each eight ports.
local registry = require "registry"
local serial = require "serial"

return scenario {
  summary = "the kernel's own 8250_pci finds a plain 16550A at 115200 baud base behind every port of every card",
  machine = serial.stock { uart1 = { type = "uart", ports = 2, ["class-code"] = 0x070002 } },
  run = function(vm)
    for card, ports in ipairs { 8, 2 } do
      local address = registry.address(card)
      expect.equal(registry.driver(vm, address), "serial")
      local found = registry.sh(vm, ("dmesg | grep '%s: ttyS.*base_baud = 115200) is a 16550A$' | wc -l"):format(address))
      expect.equal(tonumber(found), ports)
    end
    local known = registry.sh(vm, "grep -c uart:16550A /proc/tty/driver/serial")
    expect.equal(tonumber(known), 10)
    expect.equal(vm.uart0:misuse(), 0, "its probing is what a 16550A expects")
  end,
}
