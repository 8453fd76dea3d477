-- SPDX-License-Identifier: GPL-2.0-or-later
-- Cards with flaws that a driver can live with. What it makes of each is in its line of the log.
local cards = {
  { "no-pm,no-msi,no-aer,bar-64", "msix" },
  { "no-msix", "msi" },
  { "no-express,memory-32", "msix" },
  { "caps-loop,aer-loop", "msix" },
  { "no-caps", "intx" },
  { "caps-stray", "intx" },
  { "caps-empty", "intx" },
  { "msix-outside", "msi", "the MSI%-X table is not inside of a BAR" },
  { "msix-bir", "msi", "the MSI%-X table is not inside of a BAR" },
  { "msix-one", "msi" },
}
local machine = {}
for i, card in ipairs(cards) do
  machine[("dma%02d"):format(i)] = { type = "dma", ["config-faults"] = card[1] }
end

-- What a driver takes and must give back.
local function taken(vm)
  return vm:run { "sh", "-c", "cat /proc/iomem; grep -o stunt.* /proc/interrupts; ls /dev" }.out
end

return scenario {
  summary = "capabilities that are missing, looped or astray cost a card what they stand for and nothing else",
  machine = machine,
  run = function(vm)
    local before = taken(vm)
    vm:insmod("stunt_dma")
    for i, card in ipairs(cards) do
      local address = ("stunt_dma 0000:%02x:00.0: "):format(i)
      local line = vm:kernel_log(address .. "stunt%-dma%d+: ")[1]
      expect.is_true(line, card[1] .. " is not bound")
      expect.match(line.text, "%(" .. card[2] .. "%)", card[1])
      expect.equal(#vm:kernel_log(address .. (card[3] or "the MSI%-X table")), card[3] and 1 or 0, card[1])
      local r = vm:run(("stunt-dma copy --device /dev/stunt-dma%d --channel 1 --size 5000"):format(i - 1))
      expect.equal(r.values.data, "ok", card[1] .. ": " .. r.out .. r.err)
      expect.equal(vm:run(("stunt-dma info --device /dev/stunt-dma%d"):format(i - 1)).values.lost_irqs, 0, card[1])
    end
    vm:rmmod("stunt_dma")
    expect.equal(taken(vm), before, "left behind")
  end,
}
