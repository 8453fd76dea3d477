-- SPDX-License-Identifier: GPL-2.0-or-later
-- What the scenarios of the gallery share: a driver that does wrong what it is told to (guest-driver/gallery).
local kernel = require "kernel"

local gallery = {}

local FOLDER = "/sys/kernel/debug/stunt_gallery/"

-- Ends the run on a kernel that does not see such a bug.
function gallery.needs_debug_kernel(vm)
  if not kernel.is_debug(vm) then
    skip("only the debug kernel sees it: ./stunt run --kernel debug gallery")
  end
end

-- The driver does the named thing; returns how the writing process fared.
function gallery.commit(vm, name)
  vm:insmod("stunt_gallery")
  return vm:run { "sh", "-c", "echo 1 > " .. FOLDER .. name }
end

-- The same, without waiting for its end.
function gallery.start(vm, name)
  vm:insmod("stunt_gallery")
  return vm:spawn { "sh", "-c", "echo 1 > " .. FOLDER .. name }
end

-- The driver is taken from its device: now it is seen what it did not give back.
function gallery.unbind(vm)
  local dev = vm:run { "sh", "-c", "basename /sys/bus/pci/drivers/stunt_gallery/0000:*" }.out:match("%S+")
  return vm:run { "sh", "-c", "echo " .. dev .. " > /sys/bus/pci/drivers/stunt_gallery/unbind" }
end

function gallery.sysctl(vm, name, value)
  vm:put("/proc/sys/kernel/" .. name, tostring(value))
end

return gallery
