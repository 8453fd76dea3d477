-- SPDX-License-Identifier: GPL-2.0-or-later
-- Several processes with many open files each, all at once, each waiting by one epoll.
local dma = require "dma"

return scenario {
  summary = "three processes with 16 open files each get all their completions, and only theirs",
  machine = { dma0 = "dma" },
  modules = { "stunt_dma" },
  run = function(vm)
    local since = dma.last_event(vm)
    local callers = {}
    for i = 1, 3 do
      callers[i] = vm:spawn(("stunt-dma submit --files 16 --count 4 --entries 2 --size 5000 --seed %d"):format(i * 1000))
    end
    local waiting = vm:spawn("stunt-dma copy --threads 4 --count 4 --size 30000")
    for _, caller in ipairs(callers) do
      local r = vm:wait(caller)
      expect.equal(r.status, 0, r.out)
      expect.equal(r.values.files, 16)
      expect.equal(r.values.completed, 64)
      expect.is_true(not r.out:find("unasked"), "no completion of another's request")
    end
    expect.equal(vm:wait(waiting).status, 0, "and callers that wait are served between them")
    expect.equal(dma.bytes_done(vm, since), 3 * 64 * 5000 + 16 * 30000)
  end,
}
