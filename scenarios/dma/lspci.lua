-- SPDX-License-Identifier: GPL-2.0-or-later
-- lspci, which knows what real devices look like, decodes the whole configuration space of our devices.
local lspci = require "pci-decode"

-- By id; the extended ones from 0x10000 on.
local NAMES = {
  [0x01] = "^Power Management version 3$",
  [0x05] = "^MSI: Enable[+-] Count=%d+/%d+ Maskable%+ 64bit%+$",
  [0x10] = "^Express %(v2%) .*Endpoint, MSI 00$",
  [0x11] = "^MSI%-X: Enable[+-] Count=%d+ Masked%-$",
  [0x10001] = "^Advanced Error Reporting$",
}

local ALWAYS = { 0x01, 0x10, 0x10001 }
local MSI, MSIX = 0x05, 0x11

-- Besides those that every function has it has the wanted ones, and no others.
local function check(vm, address, wanted)
  local device = lspci.read(vm, address)
  for _, complaint in ipairs(lspci.complaints) do
    expect.equal(device.text:match("[^\n]*" .. complaint .. "[^\n]*"), nil, address)
  end
  local has = {}
  for _, capability in ipairs(lspci.capabilities(device)) do
    local id = capability.id + (capability.extended and 0x10000 or 0)
    local name = lspci.named(device, capability)
    expect.is_true(NAMES[id], ("%s: capability %#x is one that this scenario knows"):format(address, id))
    expect.match(name or "", NAMES[id], ("%s: capability %#x is named"):format(address, id))
    has[id] = true
  end
  for _, id in ipairs(ALWAYS) do
    expect.is_true(has[id], ("%s has capability %#x"):format(address, id))
  end
  for _, id in ipairs { MSI, MSIX } do
    expect.equal(has[id] or false, wanted[1] == id or wanted[2] == id, ("%s: capability %#x"):format(address, id))
  end
  expect.match(device.text, "DevSta:%s+CorrErr%- NonFatalErr%- FatalErr%- UnsupReq%-", "no error is logged")
  expect.match(device.text, "UESta:%s+DLP%- SDES%- TLP%-", "nor here")
  expect.match(device.text, "MaxReadReq 512 bytes", "as the specification has it after a reset")
  expect.match(device.text, "FLReset%+")
  return device.text
end

return scenario {
  summary = "lspci decodes every capability of our devices, names each that configuration space has, and has nothing to complain about",
  machine = {
    dma0 = "dma",
    dma1 = { type = "dma", interrupts = "msi" },
    dma2 = { type = "dma", interrupts = "msix" },
    dma3 = { type = "dma", interrupts = "intx" },
  },
  modules = { "stunt_dma" },
  run = function(vm)
    local dma = check(vm, "01:00.0", { MSI, MSIX })
    expect.match(dma, "MSI%-X: Enable%+ Count=6", "what the driver has switched on")
    expect.match(dma, "MSI: Enable%- Count=1/8")
    expect.match(dma, "Status: D0 NoSoftRst%+")
    expect.match(dma, "LnkSta:%s+Speed 2.5GT/s, Width x1", "the link is up")
    expect.match(dma, "Kernel driver in use: stunt_dma")
    expect.match(check(vm, "02:00.0", { MSI }), "MSI: Enable%+ Count=%d/8", "one without interrupt remapping, eight with")
    expect.match(check(vm, "03:00.0", { MSIX }), "MSI%-X: Enable%+ Count=6")
    expect.match(check(vm, "04:00.0", {}), "DisINTx%-.*Interrupt: pin A routed to IRQ %d+")
    check(vm, "00:02.0", { MSI }) -- the link
    expect.event { device = "dma3", class = "cfg.read", offset = 0x100, at_least = 1 }

    -- setpci writes what lspci then reads
    expect.equal(vm:run("setpci -s 01:00.0 CAP_EXP+8.w=5000:7000").status, 0)
    expect.event { device = "dma0", class = "cfg.write" }
    expect.match(vm:run("lspci -vvv -s 01:00.0").out, "MaxReadReq 4096 bytes")
  end,
}
