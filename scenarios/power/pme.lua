-- SPDX-License-Identifier: GPL-2.0-or-later
-- What the root port hears of a card that asks to be woken is late, too much, or comes from nobody.
local serial = require "serial"

return scenario {
  summary = "a PME that is late, comes twice or in a storm wakes the system once; one without a cause wakes it for nothing",
  machine = { uart0 = serial.card() },
  modules = { "stunt_uart" },
  proves = {
    ["power.pme delay"] = "the system wakes so much later",
    ["power.pme duplicate"] = "the system wakes, and the second message does no harm",
    ["power.pme storm"] = "the system wakes, and works when the storm is over",
  },
  run = function(vm)
    local function ring() serial.ring(vm, 2) end
    local function heard(since) return vm:events { device = "uart0", class = "port.irq", cause = 3, since = since } end
    local function sent(since) return vm:events { device = "uart0", class = "power.pme", since = since } end
    local hold

    local function wakes_by(action, params)
      local rule = vm.uart0:fault { at = "power.pme", nth = 1, action = action, params = params }
      local since = serial.asleep(vm, ring)
      vm:sleep("1s")
      expect.equal(rule:status().fired, 1, action)
      rule:disarm()
      return since
    end

    serial.let_wake(vm, true)
    hold = serial.begin(vm, "hold --hold-ms 100000000", 2)
    local since = wakes_by("delay", { ns = "30ms" })
    expect.equal(#sent(since), 1)
    expect.equal(heard(since)[1].time_ns - sent(since)[1].time_ns, ns("30ms"))

    since = wakes_by("duplicate")
    expect.equal(#sent(since), 2)
    expect.equal(#heard(since), 2, "the port tells of the one that waited, too")

    since = wakes_by("storm", { count = 200, ns = "1us" })
    expect.equal(#sent(since), 200)
    expect.between(#heard(since), 1, 200)

    since = serial.asleep(vm, function() vm.uart0:set("inject-pme", false) end)
    expect.equal({ #sent(since), #heard(since) }, { 1, 1 })

    serial.stop(vm, hold)
    serial.let_wake(vm, false)
    vm.uart0:set("inject-pme", false) -- and awake
    serial.transfer(vm, "1000000,rtscts", 5000)
    expect.equal(vm.uart0:misuse(), 0)
  end,
}
