-- SPDX-License-Identifier: GPL-2.0-or-later
-- What the scenarios of slots, links and errors share.
local dma = require "dma"
local guest = require "guest"

local slot = {}

slot.PORT = "0000:00:08.0" -- the first device's root port
slot.DEVICE = "0000:01:00.0"
slot.SYSFS = "/sys/bus/pci/devices/" .. slot.DEVICE

slot.until_true = guest.until_true

function slot.bound(vm)
  return vm:run({ "sh", "-c", "test -e /sys/bus/pci/drivers/stunt_dma/" .. slot.DEVICE .. " && test -e /dev/stunt-dma0" }).status == 0
end

function slot.until_bound(vm, limit)
  slot.until_true(vm, "the driver is bound", limit or "30s", function() return slot.bound(vm) end, "500ms")
end

-- The kernel has let go of the device.
function slot.until_away(vm, limit)
  slot.until_true(vm, "the device is no longer there", limit or "30s", function()
    return vm:run({ "test", "-e", slot.SYSFS }).status == 1
  end)
end

-- The card is in the operator's hand.
function slot.until_out(vm)
  slot.until_true(vm, "the slot is empty", "30s", function()
    return #vm:events { device = "dma0", class = "slot", present = 0 } > 0
  end, "500ms")
end

-- Works from end to end.
function slot.works(vm)
  for channel = 0, 3 do
    local r = dma.ok(vm, ("copy --channel %d --size 20000"):format(channel))
    expect.equal(r.values.data, "ok")
  end
end

-- The driver's call-backs since an event, in their order: "DETECTED_FROZEN SLOT_RESET RESUME".
function slot.calls(vm, since)
  local names, calls = {}, {}
  for _, name in ipairs { "DETECTED_NORMAL", "DETECTED_FROZEN", "DETECTED_PERM", "MMIO_ENABLED", "SLOT_RESET", "RESUME" } do
    names[vm.dma0.MARK[name]] = name
  end
  for _, mark in ipairs(vm:events { device = "link", class = "link.mark", since = since }) do
    calls[#calls + 1] = names[mark.fields.value] or ("%#x"):format(mark.fields.value)
  end
  return table.concat(calls, " ")
end

-- The first mark of this name since an event.
function slot.call(vm, name, since)
  local mark = vm:events { device = "link", class = "link.mark", value = vm.dma0.MARK[name], since = since }[1]
  expect.is_true(mark, "the driver's call-back " .. name)
  return mark
end

-- Nobody touched the device's registers between two events.
function slot.left_alone(vm, from, to)
  for _, class in ipairs { "mmio.read", "mmio.write" } do
    for _, event in ipairs(vm:events { device = "dma0", class = class, since = from.seq }) do
      expect.is_true(event.seq <= from.seq or event.seq > to.seq, ("%s #%d: the device is left alone from #%d to #%d"):format(
        class, event.seq, from.seq, to.seq))
    end
  end
end

-- A counter of AER's for the device, "aer_dev_fatal" and the like: the count of this error.
function slot.aer_count(vm, file, name)
  local text = vm:run({ "cat", slot.SYSFS .. "/" .. file }).out
  return tonumber(text:match(name .. " (%d+)"))
end

-- Jobs may take as long as they like, so that one is under way for a while.
function slot.patient(vm)
  dma.write(vm, "/sys/module/stunt_dma/parameters/job_timeout_ms", 600000)
end

-- Another card comes in the place of this one.
function slot.replace(vm)
  vm.dma0:remove()
  slot.until_away(vm)
  vm.dma0:plug()
  slot.until_bound(vm)
  slot.works(vm)
end

-- A transfer that is well under way; gives it, and the number of the newest event.
function slot.transfer(vm)
  local transfer = vm:spawn("stunt-dma copy --channel 1 --size 4M")
  dma.until_busy(vm, 1)
  return transfer, dma.last_event(vm)
end

return slot
