-- SPDX-License-Identifier: GPL-2.0-or-later
-- Events that nobody reads do not pile up: the oldest go, and the reader is told how many.
local registry = require "registry"

-- What is kept for a reader that opened the file while one device was there (the link): 64 and that one, rounded up.
local KEPT = 128
local ROUNDS, EACH = 4, 34 -- a hub and 16 ports, arriving and removed

return scenario {
  summary = "a reader that sleeps through more events than are kept for it gets the newest, and is told how many it missed",
  run = function(vm)
    vm:insmod("stunt_nub")
    vm:insmod("stunt_hub")
    local slow = registry.watch(vm, ("--delay-ms 5000 --count %d --timeout-ms 20000"):format(KEPT))
    local quick = registry.watch(vm, ("--count %d --timeout-ms 20000"):format(ROUNDS * EACH))
    for _ = 1, ROUNDS do
      expect.equal(registry.write(vm, "/sys/devices/stunt_nub/new_device", "hub ports=16"), nil)
      expect.equal(registry.write(vm, "/sys/devices/stunt_nub/delete_device", "stunt_nub.hub.0"), nil)
    end
    local all, late = registry.watched(vm, quick), registry.watched(vm, slow)
    local missed = #all - #late
    for _, event in ipairs(all) do
      expect.equal(event.lost, 0, "who reads misses nothing")
    end
    expect.equal(late[1].lost, missed + 1, "with the device that was there at the beginning")
    for i, event in ipairs(late) do
      expect.equal(event.seq, all[missed + i].seq)
      expect.equal(event.lost, i == 1 and missed + 1 or 0)
    end
    expect.equal(vm:run("stunt-registry watch --count 2 --timeout-ms 100").status, 1, "nothing more comes")
  end,
}
