-- SPDX-License-Identifier: GPL-2.0-or-later
-- A PC's clock counts from the machine's start here, so its alarm rings at whole seconds of virtual time.
local serial = require "serial"

local SECOND = ns("1s")

return scenario {
  summary = "from S3 the button wakes at once, and the clock's alarm at its very second",
  machine = { uart0 = serial.card() },
  modules = { "stunt_uart" },
  deadline = "3h",
  run = function(vm)
    local asleep = vm:suspend("s3")
    vm:sleep("1234567ns")
    local r = vm:wake("button")
    expect.equal({ r.status, r.source, r.asleep_ns, r.woken_ns }, { 0, "button", asleep.asleep_ns, asleep.asleep_ns + 1234567 })

    for _, after in ipairs { 2, 3600 } do
      local rings = (vm:now() // SECOND + after) * SECOND
      vm:suspend("s3", { rtc = after * SECOND })
      expect.equal(vm.uart0:power().state, "D3cold")
      local r = vm:wake("rtc")
      expect.equal({ r.status, r.source, r.woken_ns }, { 0, "rtc", rings })
    end

    -- nobody asked: it has woken, and is asked afterwards
    vm:suspend("s3", { rtc = "2s" })
    vm:sleep("10s")
    expect.equal(vm:wake().source, "rtc")
    expect.event { device = "link", class = "link.sleep", state = vm.link.STATE.S3, count = 4 }
    expect.event { device = "link", class = "link.wake", state = vm.link.STATE.S3, count = 4 }
    serial.transfer(vm, "115200", 1000)
  end,
}
