-- SPDX-License-Identifier: GPL-2.0-or-later
-- A process forks while its memory is the device's, and the child writes all over what it has inherited; and an open
-- file goes over a socket to another process, whose sender dies with a request in work.
local dma = require "dma"

return scenario {
  summary = "memory in work stays the parent's when it forks, and a request outlives its maker where the file does",
  machine = { dma0 = { type = "dma", bandwidth = 20000000 } },
  modules = { "stunt_dma" },
  run = function(vm)
    local since = dma.last_event(vm)
    local r = dma.ok(vm, "fork --channel 0 --size 400000 --src-offset 3 --dst-offset 9 --hold-ms 5")
    expect.match(r.out, "fork kind=request status=OK data=ok child=0")
    expect.match(r.out, "fork kind=call status=OK data=ok child=0")
    expect.equal(dma.bytes_done(vm, since), 800000)

    since = dma.last_event(vm)
    r = dma.ok(vm, "pass --channel 3 --size 400000")
    expect.equal(r.values.status, "OK")
    expect.equal(dma.bytes_done(vm, since), 400000, "the memory of the dead was kept for the device")
  end,
}
