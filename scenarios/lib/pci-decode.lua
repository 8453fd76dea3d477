-- SPDX-License-Identifier: GPL-2.0-or-later
-- The output of lspci -vvv -xxxx, taken apart: what it decoded, and the bytes that it decoded it from.
local lspci = {}

-- What lspci says of something that it does not understand, or that is not as the specification has it.
lspci.complaints = {
  "[Uu]nknown", "access denied", "%?%?", "<%?>", "%[Header", "[Vv]irtual", "Capability ID", "<chain ", "!!!",
  "[Ii]nvalid", "[Ee]rror:", "pcilib:", "lspci:", "failed", "#%x%x [rev",
}

-- { address =, text = lines that were decoded, byte = { [offset] = value } } of one function.
function lspci.read(vm, address)
  local r = vm:run("lspci -vvv -xxxx -s " .. address)
  expect.equal(r.status, 0)
  expect.equal(r.err, "", "lspci has nothing to complain about")
  local device = { address = address, text = "", byte = {} }
  for line in r.out:gmatch("[^\n]+") do
    local offset, bytes = line:match("^(%x+): ([%x ]+)$")
    if offset then
      local at = tonumber(offset, 16)
      for byte in bytes:gmatch("%x%x") do
        device.byte[at] = tonumber(byte, 16)
        at = at + 1
      end
    else
      device.text = device.text .. line .. "\n"
    end
  end
  return device
end

local function word(device, offset)
  return device.byte[offset] | device.byte[offset + 1] << 8
end

-- The capabilities that configuration space has, in the order of their lists: { { offset =, id =, extended = } … }.
-- PCI Local Bus Specification 3.0, 6.7; PCI Express Base Specification, 7.9.3.
function lspci.capabilities(device)
  local found, seen = {}, {}
  local offset = word(device, 0x06) & 0x10 ~= 0 and device.byte[0x34] or 0
  while offset ~= 0 do
    expect.is_true(offset >= 0x40 and offset % 4 == 0 and not seen[offset], ("capability at %#x"):format(offset))
    seen[offset] = true
    found[#found + 1] = { offset = offset, id = device.byte[offset] }
    offset = device.byte[offset + 1]
  end
  offset = device.byte[0x100] and word(device, 0x100) ~= 0 and 0x100 or 0
  while offset ~= 0 do
    expect.is_true(offset >= 0x100 and offset % 4 == 0 and not seen[offset], ("extended capability at %#x"):format(offset))
    seen[offset] = true
    found[#found + 1] = { offset = offset, id = word(device, offset), extended = true }
    offset = word(device, offset + 2) >> 4
  end
  return found
end

-- The words that stand behind "Capabilities: [offset]", nil without such a line.
function lspci.named(device, capability)
  return device.text:match(("Capabilities: %%[%x[^%%]]*%%] ([^\n]+)"):format(capability.offset))
end

return lspci
