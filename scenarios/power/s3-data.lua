-- SPDX-License-Identifier: GPL-2.0-or-later
-- Main power goes under running transfers: registers are as after a cold start when it comes back, and only the drivers know what
-- was to be done.
local dma = require "dma"
local power = require "power"
local serial = require "serial"

local SIZE = 100000

return scenario {
  summary = "transfers of a DMA engine and of serial ports outlive S3, and nothing is lost",
  machine = { dma0 = { type = "dma", bandwidth = 4000000 }, uart0 = serial.card() },
  modules = { "stunt_dma", "stunt_uart" },
  deadline = "3h",
  run = function(vm)
    local receive = serial.begin(vm, ("receive --size %d --timeout-ms 3000"):format(SIZE), 1, "1000000,rtscts")
    local send = serial.begin(vm, ("send --size %d --drain"):format(SIZE), 0, "1000000,rtscts")
    local copy = vm:spawn("stunt-dma copy --channel 2 --size 400000")
    dma.until_busy(vm, 2)
    power.sleep(vm, "s3", "1h")
    for _, device in ipairs { "dma0", "uart0" } do
      expect.event { device = device, class = "power.enter", state = 3, count = 1 }
      expect.equal(vm[device]:power().state, "D0")
      expect.equal(vm[device]:misuse(), 0)
    end
    local r = vm:wait(copy)
    expect.equal({ r.status, r.values.data }, { 0, "ok" }, r.out)
    expect.equal(vm:wait(send).status, 0)
    local r = vm:wait(receive)
    expect.equal({ r.values.data, r.values.bytes }, { "ok", SIZE }, r.out)
    for channel = 0, 3 do
      dma.ok(vm, ("copy --channel %d --size 4096"):format(channel))
    end
  end,
}
