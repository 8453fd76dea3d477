-- SPDX-License-Identifier: GPL-2.0-or-later
-- What scenarios of any device do in the guest.
local guest = {}

-- Writes a word to a file (sysfs); expects success.
function guest.write(vm, path, word)
  local r = vm:run({ "sh", "-c", ("echo %s > %s"):format(word, path) })
  expect.equal(r.status, 0, path .. ": " .. r.err)
end

-- Lets the guest run until `done` gives true, looking every `step`; fails with `what` after `limit`.
function guest.until_true(vm, what, limit, done, step)
  local to = vm:now() + ns(limit)
  while not done() do
    if vm:now() >= to then
      fail(("%s: not within %s"):format(what, limit))
    end
    vm:sleep(step or "50ms")
  end
end

return guest
