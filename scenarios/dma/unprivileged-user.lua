-- SPDX-License-Identifier: GPL-2.0-or-later
-- Who may do what: the mode of the file says who uses the device, CAP_SYS_RAWIO who reaches beyond his own memory.
local dma = require "dma"

local function as_user(vm, words)
  return vm:run("stunt-dma " .. words .. " --uid 1000")
end

return scenario {
  summary = "an unprivileged user opens the file only if its mode lets him, and then reaches nothing but his own memory",
  machine = { dma0 = "dma" },
  modules = { "stunt_dma" },
  run = function(vm)
    expect.equal(vm:run("stat -c %a /dev/stunt-dma0").out, "660\n")
    expect.equal(as_user(vm, "info").values.error, "EACCES", "root's")

    vm:run("chmod 664 /dev/stunt-dma0")
    expect.equal(as_user(vm, "info").values.state, "running", "to look on needs no more than to read")
    local since = dma.last_event(vm)
    expect.equal(as_user(vm, "copy").values.error, "EBADF", "to have it work needs to write")
    expect.equal(as_user(vm, "submit").values.error, "EBADF")
    expect.no_event { device = "dma0", class = "job.start", since = since }

    vm:run("chmod 666 /dev/stunt-dma0")
    expect.equal(as_user(vm, "copy --size 10000 --crc").status, 0)
    expect.equal(as_user(vm, "submit --size 10000 --count 20").status, 0)
    expect.event { device = "dma0", class = "job.done", since = since }
    since = dma.last_event(vm)
    expect.equal(as_user(vm, "raw").values.error, "EPERM")
    expect.equal(as_user(vm, "reset --channel 0").values.error, "EPERM")
    for _, place in ipairs { "bar", "bounce", "ring", "comps" } do
      expect.equal(as_user(vm, "map --what " .. place).values.error, "EPERM", place)
    end
    expect.equal(as_user(vm, "map --what queue").status, 0, "his own queue")
    expect.no_event { device = "dma0", class = "mmio.write", since = since }
    expect.no_event { device = "dma0", class = "mmio.read", since = since }
  end,
}
