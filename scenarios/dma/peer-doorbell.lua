-- SPDX-License-Identifier: GPL-2.0-or-later
-- Two engines are wired to each other: each rings the other's doorbell, whatever else they do, and however they interrupt.
local bell = require "bell"
local dma = require "dma"

local LOAD = "stunt-dma copy --device /dev/stunt-dma%d --size 20000 --count 200 --threads 4"

-- A bit that is not waited for stands until somebody wants it.
local function masks(vm)
  local listener = bell.listen(vm, 1, 2, "200ms")
  bell.ring(vm, 0, 5)
  local _, all = bell.heard(vm, listener)
  expect.equal(all, 0, "others have rung")
  expect.equal(bell.await(vm, 1, 4), 4)
  bell.ring(vm, 0, 1)
  expect.equal(bell.await(vm, 1, 0xff), 1, "two rings of a bit that nobody has taken are one")
  bell.ring(vm, 1, 0x80000000)
  expect.equal(bell.await(vm, 0, 0xffffffff), 0x80000000, "and the other way")
end

local function refused(vm)
  local function error_of(words) return vm:run("stunt-dma " .. words).values.error end
  expect.equal(error_of "ring --device /dev/stunt-dma2", "ENXIO", "nobody is there")
  expect.equal(error_of "await --device /dev/stunt-dma2", "ENXIO")
  expect.equal(error_of "ring --mask 0", "EINVAL")
  expect.equal(error_of "await --mask 0", "EINVAL")
  expect.equal(error_of "await --timeout-ns 1000000", "ETIMEDOUT")
  expect.equal(vm:run("stunt-dma ring --mask 0x100000000").status, 64)
end

-- Each bit once, while both engines work.
local function under_load(vm)
  local listener = bell.listen(vm, 1, 0xffffffff)
  local loads = { vm:spawn(LOAD:format(0)), vm:spawn(LOAD:format(1)) }
  for bit = 0, 31 do
    bell.ring(vm, 0, 1 << bit)
  end
  for _, load in ipairs(loads) do
    expect.equal(vm:wait(load, { timeout = "30s" }).status, 0)
  end
  local heard, all = bell.heard(vm, listener)
  expect.equal(all, 0xffffffff)
  for bit = 0, 31 do
    expect.equal(heard[bit], 1, "bit " .. bit)
  end
end

-- Many rings that nobody takes are one, and no storm of interrupts; those that somebody takes are heard.
local function many(vm)
  dma.ok(vm, "ring --count 2000")
  local listener = bell.listen(vm, 1, 1)
  expect.equal(bell.heard(vm, listener), { [0] = 1 })
  listener = bell.listen(vm, 1, 1)
  dma.ok(vm, "ring --count 500")
  expect.between(bell.heard(vm, listener)[0], 1, 500)
  bell.ring(vm, 0, 2)
  expect.equal(bell.await(vm, 1, 3), 2)
end

-- What the driver has heard outlives a reset of the function. Who waits is told of an unbind, which drops what has rung, and what rings
-- until the device is bound again.
local function bound(vm)
  local address = dma.address_of(vm, 1)
  bell.ring(vm, 0, 1)
  dma.write(vm, ("/sys/bus/pci/devices/%s/reset"):format(address), 1)
  expect.equal(bell.await(vm, 1, 3), 1)
  bell.ring(vm, 0, 2)
  local waiter = vm:spawn("stunt-dma await --device /dev/stunt-dma1 --mask 1")
  vm:sleep("10ms")
  dma.write(vm, "/sys/bus/pci/drivers/stunt_dma/unbind", address)
  expect.equal(vm:wait(waiter).values.error, "ENODEV")
  bell.ring(vm, 0, 4)
  dma.write(vm, "/sys/bus/pci/drivers/stunt_dma/bind", address)
  bell.ring(vm, 0, 8)
  expect.equal(bell.await(vm, 1, 0xff), 8)
end

return scenario {
  summary = "two engines ring each other's doorbell: each ring is heard, once, in every way of signalling, by a driver that is bound",
  machine = bell.machine { dma2 = "dma" },
  deadline = "120s",
  run = function(vm)
    for _, mode in ipairs { "msix", "msi", "intx" } do
      vm:step(mode)
      vm:insmod("stunt_dma", "irq_mode=" .. mode)
      masks(vm)
      refused(vm)
      under_load(vm)
      many(vm)
      bound(vm)
      for n = 0, 2 do
        local sysfs = "/sys/bus/pci/devices/" .. dma.address_of(vm, n)
        expect.equal({ vm:get(sysfs .. "/storms"), vm:get(sysfs .. "/lost_irqs") }, { "0\n", "0\n" })
      end
      vm:rmmod("stunt_dma")
    end
    for _, name in ipairs { "dma0", "dma1", "dma2" } do
      expect.equal(vm[name]:misuse(), 0, name)
    end
  end,
}
