-- SPDX-License-Identifier: GPL-2.0-or-later
-- Cards that are not what they should be: refused with a reason, not even seen, or none of this driver's. The last is in order.
local cards = {
  { ["config-faults"] = "bar-none", says = "BAR 0 is .*, not memory of 0x" },
  { ["config-faults"] = "bar-small", says = "BAR 0 is .*, not memory of 0x" },
  { ["config-faults"] = "bar-io", says = "BAR 0 is .*, not memory of 0x" },
  { ["config-faults"] = "wrong-id", says = "register ID is 0x%x+, not 0x" },
  { ["config-faults"] = "wrong-version", says = "register layout 2%.%d+, this driver knows 1%." },
  { ["config-faults"] = "header-unknown", unseen = true },
  { ["vendor-id"] = 0xffff, ["device-id"] = 0xffff, unseen = true },
  { ["vendor-id"] = 0xabcd },
  { ["device-id"] = 0x5dff },
  { ["class-code"] = 0x020000, revision = 255, bound = true },
}
local machine = {}
for i, card in ipairs(cards) do
  local device = { type = "dma" }
  for key, value in pairs(card) do
    if key ~= "says" and key ~= "unseen" and key ~= "bound" then
      device[key] = value
    end
  end
  machine[("dma%02d"):format(i)] = device
end

local function address(i)
  return ("0000:%02x:00.0"):format(i)
end

-- What a driver takes and must give back.
local function taken(vm)
  return vm:run { "sh", "-c", "cat /proc/iomem /proc/ioports; grep -o stunt.* /proc/interrupts; ls /dev" }.out
end

local function driver_of(vm, i)
  return vm:run { "sh", "-c", "basename $(readlink /sys/bus/pci/devices/" .. address(i) .. "/driver)" }.out:match("%S+")
end

-- What the driver said of a card. Later kernels say themselves, in the driver's name, that a probe has failed.
local function said_of(vm, i)
  local lines = {}
  for _, line in ipairs(vm:kernel_log("stunt_dma " .. address(i) .. ": ")) do
    if not line.text:find("probe with driver stunt_dma failed", 1, true) then
      lines[#lines + 1] = line
    end
  end
  return lines
end

return scenario {
  summary = "cards that are not what they should be are refused with a reason, and nothing of them is kept",
  machine = machine,
  run = function(vm)
    local before = taken(vm)
    for round = 1, 2 do
      vm:insmod("stunt_dma")
      for i, card in ipairs(cards) do
        local name = "card " .. i
        local seen = vm:run { "test", "-e", "/sys/bus/pci/devices/" .. address(i) }.status == 0
        expect.equal(seen, not card.unseen, name .. " is seen")
        expect.equal(driver_of(vm, i), card.bound and "stunt_dma" or nil, name)
        local said = said_of(vm, i)
        expect.equal(#said, (card.says or card.bound) and round or 0, name)
        if card.says then
          expect.match(said[round].text, card.says, name)
        end
        if not card.bound then
          expect.no_event { device = ("dma%02d"):format(i), class = "mmio.write", message = name .. " is left alone" }
          expect.no_event { device = ("dma%02d"):format(i), class = "dma.read", message = name .. " is left alone" }
        end
      end
      expect.equal(vm:run("stunt-dma copy --size 5000").values.data, "ok")
      vm:rmmod("stunt_dma")
      expect.equal(taken(vm), before, "left behind")
    end
  end,
}
