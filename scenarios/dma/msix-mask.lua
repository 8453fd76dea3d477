-- SPDX-License-Identifier: GPL-2.0-or-later
-- A masked MSI-X vector waits as a pending bit, and is delivered when the mask goes: the vector's own, or that of the function.
local dma = require "dma"
local pci = require "pci"

local ENTRY, MASK_WORD = 16, 3
local FUNCTION_MASK = 0x4000
local CHANNEL = 1

-- Work whose interrupt is held back between `mask` and `unmask`.
local function held_back(vm, pending_at, mask, unmask)
  local before = dma.irq_counts(vm).CH1_DONE
  mask()
  local since = dma.last_event(vm)
  local copy = vm:spawn(("stunt-dma copy --channel %d --size 4096"):format(CHANNEL))
  vm:sleep("500ms")
  expect.event { device = "dma0", class = "irq.raise", vector = "CH1_DONE", since = since, at_least = 1 }
  expect.is_true(not copy:done(), "the driver was not told")
  expect.equal(dma.irq_counts(vm).CH1_DONE, before)
  expect.equal(pci.peek(vm, pending_at) & 0x1f, 1 << CHANNEL, "pending")
  expect.event { device = "dma0", class = "pba.read", since = since, at_least = 1 }
  unmask()
  local r = vm:wait(copy)
  expect.equal({ r.status, r.values.data }, { 0, "ok" })
  expect.equal(dma.irq_counts(vm).CH1_DONE, before + 1)
  expect.equal(pci.peek(vm, pending_at), 0)
end

return scenario {
  summary = "a masked MSI-X vector is pending and comes when it is unmasked, others are not held back",
  machine = { dma0 = "dma", cmdline = "iomem=relaxed" },
  modules = { { "stunt_dma", "watchdog_ms=10000" } },
  run = function(vm)
    local address = dma.address(vm)
    local table_at, pending_at = pci.msix(vm, address)
    local mask_at = table_at + ENTRY * CHANNEL + 4 * MASK_WORD
    local control = pci.cap(vm, address, pci.CAP.MSIX) + 2

    held_back(vm, pending_at, function()
      pci.poke(vm, mask_at, 1)
      dma.ok(vm, "copy --channel 2 --size 4096")
    end, function() pci.poke(vm, mask_at, 0) end)
    expect.event { device = "dma0", class = "msix.write", vector = "CH1_DONE", word = MASK_WORD, value = 1, count = 1 }

    held_back(vm, pending_at, function()
      pci.write(vm, address, control, 2, pci.read(vm, address, control, 2) | FUNCTION_MASK)
    end, function()
      pci.write(vm, address, control, 2, pci.read(vm, address, control, 2) & ~FUNCTION_MASK)
    end)
    local info = vm:run("stunt-dma info").values
    expect.equal({ info.lost_irqs, info.spurious_irqs }, { 0, 0 })
  end,
}
