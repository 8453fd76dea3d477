-- SPDX-License-Identifier: GPL-2.0-or-later
-- A PCI device from the guest's user space: configuration space through sysfs, its registers through /dev/mem. The latter
-- needs cmdline = "iomem=relaxed" while a driver has the device.
local pci = {}

local COMMAND, CAPABILITIES = 0x04, 0x34
pci.INTX_DISABLE = 0x400
pci.CAP = { POWER = 0x01, MSI = 0x05, EXPRESS = 0x10, MSIX = 0x11 }

local function sysfs(address, file)
  return "/sys/bus/pci/devices/" .. address .. "/" .. file
end

local function shell(vm, line)
  local r = vm:run { "sh", "-c", line }
  expect.equal(r.status, 0, line .. ": " .. r.err)
  return r.out
end

function pci.read(vm, address, offset, size)
  local out = shell(vm, ("dd if=%s bs=%d skip=%d count=1 2>/dev/null | od -An -v -tx%d"):format(
    sysfs(address, "config"), size, offset // size, size))
  return tonumber(out:match("%x+"), 16)
end

function pci.write(vm, address, offset, size, value)
  local bytes = ""
  for i = 0, size - 1 do
    bytes = bytes .. ("\\x%02x"):format(value >> 8 * i & 0xff)
  end
  shell(vm, ("printf '%s' | dd of=%s bs=%d seek=%d conv=notrunc 2>/dev/null"):format(
    bytes, sysfs(address, "config"), size, offset // size))
end

-- Offset of a capability in configuration space.
function pci.cap(vm, address, id)
  local at = pci.read(vm, address, CAPABILITIES, 1)
  while at ~= 0 do
    local header = pci.read(vm, address, at, 2)
    if header & 0xff == id then
      return at
    end
    at = header >> 8
  end
  fail(("%s has no capability 0x%02x"):format(address, id))
end

-- Sets or clears bits of the command register.
function pci.command(vm, address, bits, on)
  local command = pci.read(vm, address, COMMAND, 2)
  pci.write(vm, address, COMMAND, 2, on and command | bits or command & ~bits)
end

-- Where BAR 0 is, by what the kernel has put there.
function pci.bar(vm, address)
  return tonumber(shell(vm, "head -n 1 " .. sysfs(address, "resource")):match("^0x%x+"))
end

function pci.peek(vm, at)
  return tonumber(shell(vm, ("devmem %#x 32"):format(at)):match("0x%x+"))
end

function pci.poke(vm, at, value)
  shell(vm, ("devmem %#x 32 %#x"):format(at, value))
end

-- Addresses of MSI-X table and pending bits, from the capability; their BAR is 0.
function pci.msix(vm, address)
  local cap, bar = pci.cap(vm, address, pci.CAP.MSIX), pci.bar(vm, address)
  return bar + (pci.read(vm, address, cap + 4, 4) & ~7), bar + (pci.read(vm, address, cap + 8, 4) & ~7)
end

return pci
