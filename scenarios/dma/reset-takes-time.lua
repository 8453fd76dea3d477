-- SPDX-License-Identifier: GPL-2.0-or-later
-- A function that needs a second after its reset: its registers are away for so long, and who does not wait is told.
local pci = require "pci"

local ADDRESS = "0000:01:00.0"
local COMMAND, BAR0, MEMORY, FLR = 0x04, 0x10, 0x2, 0x8000

return scenario {
  summary = "after a function level reset registers read as ones until the function is ready, and that is misuse",
  machine = { dma0 = { type = "dma", ["reset-ns"] = 1000000000 } },
  oracle = { misuse = { dma0 = 2 } },
  run = function(vm)
    local bar = pci.bar(vm, ADDRESS)
    local control = pci.cap(vm, ADDRESS, pci.CAP.EXPRESS) + 8
    pci.command(vm, ADDRESS, MEMORY, true)
    local id = pci.peek(vm, bar)
    expect.equal(id, vm.dma0:peek("ID"))

    pci.write(vm, ADDRESS, control, 2, pci.read(vm, ADDRESS, control, 2) | FLR)
    local since = vm:now()
    pci.write(vm, ADDRESS, BAR0, 4, bar) -- configuration space is there at once, and empty
    pci.write(vm, ADDRESS, COMMAND, 2, MEMORY)
    expect.equal(pci.peek(vm, bar), 0xffffffff)
    pci.poke(vm, bar + vm.dma0:offset("INT_MASK"), 1)
    expect.event { device = "dma0", class = "misuse", kind = "ACCESS_IN_RESET", count = 2 }
    expect.equal(vm.dma0:peek("INT_MASK"), 0, "the write got nowhere")
    expect.is_true(vm:now() - since < ns("1s"))

    vm:sleep("1s")
    expect.equal(pci.peek(vm, bar), id)
    expect.equal(vm.dma0:misuse(), 2)
  end,
}
