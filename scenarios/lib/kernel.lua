-- SPDX-License-Identifier: GPL-2.0-or-later
-- What kernel the guest runs, for scenarios that only one kind suits.
local kernel = {}

local function release(vm) return vm:get("/proc/sys/kernel/osrelease") end

function kernel.is_debug(vm)
  return release(vm):find("-stunt-debug", 1, true) ~= nil
end

-- Linux 6.12 lets go of a card that is out while it is restoring its configuration space in resume_noirq: without a lock between
-- the two, and with an oops in msi_unlock_descs().
function kernel.unplug_breaks_resume(vm)
  return release(vm):find("^6%.12%.") ~= nil
end

-- Until 6.4 Linux wanted the disk of its image for itself alone, also in the test of hibernation, where that is still swapped to.
function kernel.can_test_resume(vm)
  return release(vm):find("^6%.1%.") == nil
end

-- Ends the run on the debug kernel, whose checks make everything slower.
function kernel.needs_full_speed(vm)
  if kernel.is_debug(vm) then
    skip("what it times is over before the debug kernel has begun")
  end
end

return kernel
