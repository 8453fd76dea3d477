-- SPDX-License-Identifier: GPL-2.0-or-later
-- Hibernation but for the power: the kernel's own test writes an image of memory, to a disk in that memory, and brings it back. Devices
-- work again while the image is written, so what is in work comes to its end then. In the memory that comes back it has not.
local dma = require "dma"
local events = require "events"
local kernel = require "kernel"
local serial = require "serial"

local DISK, DISK_KIB, DISK_NUMBER = "/dev/ram0", 200000, "1:0"
local REQUESTS, SIZE = 8, 49152

local function make_disk(vm)
  vm:insmod("brd", ("rd_nr=1 rd_size=%d"):format(DISK_KIB))
  local r = vm:run({ "sh", "-c", ("mkswap %s && swapon %s"):format(DISK, DISK) })
  expect.equal(r.status, 0, r.err)
  dma.write(vm, "/sys/power/resume", DISK_NUMBER)
  dma.write(vm, "/sys/power/image_size", 0)
  dma.write(vm, "/sys/power/disk", "test_resume")
end

local function remove_disk(vm)
  expect.equal(vm:run("swapoff " .. DISK).status, 0)
  vm:rmmod("brd")
end

-- Gives how many bytes a channel did while the image was written, which is after the driver has begun anew what it had stopped for it.
local function hibernate(vm, channel)
  local since = dma.last_event(vm)
  dma.write(vm, "/sys/power/state", "disk")
  local stops = vm:events { device = "dma0", class = "reset", kind = vm.dma0.RESET.CHANNEL, channel = channel, since = since }
  expect.equal(#stops, 2, "the driver stops the channel for the image, and before memory goes back to it")
  local function done_since(stop) return events.sum(vm, { device = "dma0", class = "job.done", channel = channel, since = stop.seq }, "bytes") end
  return done_since(stops[1]) - done_since(stops[2])
end

return scenario {
  summary = "requests that the kernel did before its memory went back to an image are done again, and end well; calls wait; ports work",
  machine = { dma0 = { type = "dma", bandwidth = 100000 }, uart0 = serial.card(), cmdline = "hibernate=nocompress" },
  modules = { "stunt_dmacheck", "stunt_dma", "stunt_uart" },
  deadline = "300s",
  run = function(vm)
    if not kernel.can_test_resume(vm) then
      skip("this kernel's own test of hibernation cannot open the disk that it swaps to")
    end
    make_disk(vm)
    local call = vm:spawn("stunt-dma copy --channel 1 --size 100000 --crc")
    local requests = vm:spawn(("stunt-dma submit --channel 2 --count %d --size %d"):format(REQUESTS, SIZE))
    dma.until_busy(vm, 2)
    local forgotten = hibernate(vm, 2)
    expect.is_true(forgotten > 0, "some came to their end while the image was written")
    expect.equal({ call:done(), requests:done() }, { false, false }, "both are still to come")

    local r = vm:wait(call)
    expect.equal({ r.status, r.values.data }, { 0, "ok" }, r.out)
    r = vm:wait(requests)
    expect.equal({ r.status, r.values.completed, r.values.failed }, { 0, REQUESTS, 0 }, r.out)
    local done = events.sum(vm, { device = "dma0", class = "job.done", channel = 2 }, "bytes")
    expect.between(done, REQUESTS * SIZE + forgotten, math.huge, "those are done twice, and what was stopped halfway")
    serial.transfer(vm, "115200", 1000)
    expect.equal({ vm.dma0:misuse(), vm.uart0:misuse() }, { 0, 0 })
    expect.event { device = "dma0", class = "dma.check", check = vm.dma0.CHECK.OFF } -- mappings of an earlier time come back
    remove_disk(vm)
  end,
}
