-- SPDX-License-Identifier: GPL-2.0-or-later
-- One device's engine works on the memory of another; and that other one is unbound in the middle of it.
local dma = require "dma"

local address = "basename $(readlink /sys/class/misc/stunt-dma1/device)"

-- BAR 2 of the second device.
local function sram(vm)
  local r = vm:run({ "sh", "-c", "sed -n 3p /sys/class/misc/stunt-dma1/device/resource" })
  local first, last = r.out:match("^(0x%x+) (0x%x+) ")
  return math.tointeger(tonumber(first)), math.tointeger(tonumber(last))
end

local function within(vm, since, class, first, last)
  local n = 0
  for _, event in ipairs(vm:events { device = "dma0", class = class, what = "DATA", since = since }) do
    local from = event.fields.addr
    n = n + (from >= first and from + event.fields.len - 1 <= last and event.fields.len or 0)
  end
  return n
end

local function peer(vm, words)
  return vm:run("stunt-dma peer --peer /dev/stunt-dma1 --channel 1 " .. words)
end

return scenario {
  summary = "one device reads and writes the memory of another, within its bounds, until that one is unbound",
  machine = { dma0 = { type = "dma", bandwidth = 100000 }, dma1 = { type = "dma", ["sram-size"] = "128K" } },
  modules = { { "stunt_dma", "job_timeout_ms=5000" } },
  run = function(vm)
    local first, last = sram(vm)
    expect.equal(last - first + 1, 128 * 1024)
    local since = dma.last_event(vm)
    local r = peer(vm, "--size 3001 --offset 1001 --src-offset 5 --dst-offset 4093")
    expect.equal(r.status, 0, r.out)
    expect.equal({ r.values.data, r.values.guards, r.values.peer_size }, { "ok", "ok", 128 * 1024 })
    if not vm:iommu() then
      -- blanks and data one way; data and blanks the other
      expect.equal(within(vm, since, "dma.write", first, last), 2 * 3001 + 64)
      expect.equal(within(vm, since, "dma.read", first, last), 2 * 3001 + 64)
    end
    expect.no_event { device = "dma1", class = "job.start", message = "the other one does nothing" }

    expect.equal(peer(vm, "--size 65 --offset 131007").status, 0, "to the last byte")
    expect.equal(peer(vm, "--size 66 --offset 131007").values.error, "ERANGE")
    expect.equal(vm:run("stunt-dma peer --peer /dev/stunt-dma0 --size 64").values.error, "EINVAL", "with itself")

    local long = vm:spawn("stunt-dma peer --peer /dev/stunt-dma1 --channel 1 --size 100000 --offset 0")
    vm:sleep("100ms")
    expect.equal(vm.dma0:peek("CH_STATUS.RUNNING", 1), 1, "in the middle of it")
    local name = vm:run({ "sh", "-c", address }).out:gsub("\n", "")
    local unbind = vm:spawn({ "sh", "-c", "echo " .. name .. " > /sys/bus/pci/drivers/stunt_dma/unbind" })
    local ended = vm:wait(long)
    expect.equal(ended.values.error, "ENODEV", ended.out)
    expect.equal(vm:wait(unbind).status, 0)
    since = dma.last_event(vm)
    vm:sleep("500ms")
    expect.no_event { device = "dma0", class = "dma.write", since = since, message = "after the peer has gone" }
    dma.ok(vm, "copy --channel 1 --size 5000")
    dma.write(vm, "/sys/bus/pci/drivers/stunt_dma/bind", name)
    expect.equal(peer(vm, "--size 1000 --offset 64").status, 0, "after it has come back")
  end,
}
