-- SPDX-License-Identifier: GPL-2.0-or-later
-- What the scenarios of the DMA engine share.
local events = require "events"
local guest = require "guest"

local dma = {}

-- Runs stunt-dma with these words and expects it to succeed.
function dma.ok(vm, words)
  local r = vm:run("stunt-dma " .. words)
  expect.equal(r.status, 0, "stunt-dma " .. words .. ": " .. r.out .. r.err)
  return r
end

-- PCI address of the (only) device that the driver has bound.
function dma.address(vm)
  local r = vm:run({ "sh", "-c", "basename /sys/bus/pci/drivers/stunt_dma/0000:*" })
  expect.match(r.out, "^0000:%x%x:%x%x%.%x\n$", "one device bound to stunt_dma")
  return (r.out:gsub("\n", ""))
end

-- PCI address of stunt-dmaN.
function dma.address_of(vm, n)
  local r = vm:run({ "sh", "-c", ("basename $(readlink /sys/class/misc/stunt-dma%d/device)"):format(n) })
  expect.equal(r.status, 0, r.err)
  return (r.out:gsub("\n", ""))
end

dma.write = guest.write

-- An attribute of the (only) device that the driver has bound: a number if it is one, else its text.
function dma.read(vm, name)
  local r = vm:run({ "sh", "-c", "cat /sys/bus/pci/drivers/stunt_dma/0000:*/" .. name })
  expect.equal(r.status, 0, name .. ": " .. r.err)
  local text = r.out:gsub("%s+$", "")
  return tonumber(text) or text
end

-- The driver's interrupt counters: { CH0_DONE = 1, … }.
function dma.irq_counts(vm)
  return vm:run({ "sh", "-c", "cat /sys/bus/pci/drivers/stunt_dma/0000:*/irq_counts" }).values
end

-- Bytes that the device says it has done, over all jobs since an event number.
function dma.bytes_done(vm, since)
  return events.sum(vm, { device = "dma0", class = "job.done", since = since }, "bytes")
end

-- Number of the newest event of the device, 0 without one.
function dma.last_event(vm)
  return events.last(vm, "dma0")
end

-- Lets the guest run until a transfer is well under way: one descriptor or many, as the IOMMU has it.
function dma.until_busy(vm, channel)
  local begun = { device = "dma0", class = "job.start", channel = channel, since = dma.last_event(vm) }
  for _ = 1, 100 do
    vm:sleep("10ms")
    if #vm:events(begun) > 0 then
      vm:sleep("10ms")
      expect.equal(vm.dma0:peek("CH_STATUS.RUNNING", channel), 1, "the channel is at work")
      return
    end
  end
  fail("the transfer did not begin within a second")
end

return dma
