-- SPDX-License-Identifier: GPL-2.0-or-later
-- Changes of the device's state wake who polls, and are told to the system by uevents.
local dma = require "dma"

return scenario {
  summary = "reset, loss, return and removal of the device are told by poll() and by uevents",
  machine = { dma0 = "dma" },
  modules = { { "stunt_dma", "watchdog_ms=20 job_timeout_ms=100" } },
  run = function(vm)
    local address = dma.address(vm)
    local reset = "/sys/bus/pci/devices/" .. address .. "/reset"
    local watch = vm:spawn("stunt-dma watch --count 20 --hold-ms 30000")
    local uevents = vm:spawn("stunt-dma watch --uevents --count 20 --hold-ms 3000")
    vm:sleep("200ms")

    dma.write(vm, reset, 1)
    expect.event { device = "dma0", class = "reset", kind = "FLR" }
    local gone = vm.dma0:fault { at = "mmio.read", action = "ones" }
    expect.equal(vm:run("stunt-dma copy --size 4096").values.error, "ENODEV")
    gone:disarm()
    dma.write(vm, reset, 1)
    dma.ok(vm, "copy --size 4096")
    dma.write(vm, "/sys/bus/pci/drivers/stunt_dma/unbind", address)
    expect.equal(vm.dma0:peek("CTRL.IRQ_ENABLE"), 0)

    local r = vm:wait(watch)
    local states = {}
    for state in r.out:gmatch("watch state=(%a+)") do
      states[#states + 1] = state
    end
    expect.equal(table.concat(states, " "), "running stopped running gone stopped running")
    expect.match(r.out, "watch error=ENODEV hup=1 pri=1")

    r = vm:wait(uevents)
    local told = {}
    for action, state in r.out:gmatch("uevent action=(%a+) node=stunt%-dma0 state=(%S+)") do
      told[#told + 1] = action .. ":" .. state
    end
    expect.equal(table.concat(told, " "),
      "change:stopped change:running change:gone change:stopped change:running remove:-")
  end,
}
