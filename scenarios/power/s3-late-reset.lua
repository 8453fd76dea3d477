-- SPDX-License-Identifier: GPL-2.0-or-later
-- When the system wakes a card is not there yet, or never will be.
local cold = require "cold"
local kernel = require "kernel"
local serial = require "serial"
local slot = require "slot"

-- What the kernel has restored went nowhere: it takes another card.
local function gives_up(vm, action, params)
  vm:step(action .. ", given up")
  cold.asleep(vm, action, params, "dma0")
  expect.equal(vm:run("stunt-dma copy --channel 1 --size 4096").values.error, "ENODEV", action)
  slot.replace(vm)
end

return scenario {
  summary = "a card that needs 50 ms after S3 is waited for; one that comes much later, or not at all, is given up until it is another",
  machine = { dma0 = { type = "dma", bandwidth = 4000000 }, uart0 = serial.card() },
  modules = { "stunt_dma", "stunt_uart" },
  -- Linux restores the MSI-X table while the card is not there yet, and unmasks it when it is: the first message goes to address 0
  oracle = { allow = { "DMAR: .*[Ff]ault", "DMAR: .*DMA Write" } },
  deadline = "300s",
  proves = {
    ["reset delay"] = "after S3 50 ms are waited for; who is not there by then is given up until another card is put in",
    ["reset retry"] = "after S3 as one that is late",
    ["reset hang"] = "after S3 as one that is late for too long",
  },
  run = function(vm)
    if kernel.unplug_breaks_resume(vm) then
      skip("this kernel takes a card that is late for one that is out, which its own resume does not survive")
    end
    cold.copes(vm, "delay", { ns = "50ms" })
    cold.copes(vm, "retry", { ns = "50ms" })
    gives_up(vm, "delay", { ns = "2s" })
    gives_up(vm, "hang")
    expect.equal({ vm.dma0:misuse(), vm.uart0:misuse() }, { 0, 0 })
  end,
}
