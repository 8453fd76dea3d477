-- SPDX-License-Identifier: GPL-2.0-or-later
local serial = require "serial"

return scenario {
  summary = "MSI-X, MSI and INTx each serve all ports",
  machine = { uart0 = { type = "uart", wires = "0-1,2-3,4-5,6-7" } },
  run = function(vm)
    for number, mode in pairs { [0] = "intx", "msi", "msix" } do
      vm:insmod("stunt_uart", "irq_mode=" .. mode)
      local since = serial.last_event(vm)
      for port = 0, 7, 2 do
        local receive = serial.begin(vm, "receive --size 20000 --timeout-ms 1000", port + 1, "2000000")
        serial.run(vm, "send --size 20000 --drain", port, "2000000")
        expect.equal(vm:wait(receive).values.data, "ok", mode .. " " .. port)
        expect.equal(serial.attribute(vm, port + 1, "lost_irqs"), "0")
      end
      local raised = expect.event { device = "uart0", class = "irq.raise", mode = number, since = since, at_least = 8 }
      expect.event { device = "uart0", class = "irq.raise", since = since, count = raised, message = "in this mode only" }
      vm:rmmod("stunt_uart")
    end
  end,
}
