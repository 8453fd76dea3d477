-- SPDX-License-Identifier: GPL-2.0-or-later
-- What the scenarios of sleep share.
local power = {}

-- The kernel's own test of suspend, as far as all devices sleep, and up again.
function power.down_and_up(vm)
  local r = vm:suspend("freeze", { test = "platform" })
  expect.equal(r.status, 0, r.err)
  return r
end

-- The guest sleeps for so long, and the button wakes it. From suspend to idle it has to notice by itself.
function power.sleep(vm, kind, time)
  local asleep = vm:suspend(kind)
  vm:sleep(time)
  local r = vm:wake("button")
  expect.equal(r.status, 0, r.err)
  expect.between(r.woken_ns - asleep.asleep_ns - ns(time), 0, kind == "s3" and 0 or ns("1ms"))
  return r
end

return power
