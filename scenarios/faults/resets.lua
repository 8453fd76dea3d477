-- SPDX-License-Identifier: GPL-2.0-or-later
-- Resets of a channel, which the driver does when a job hangs, and of the function, by sysfs, that do not what they should.
local dma = require "dma"

local CHANNEL = { kind = "CHANNEL", channel = 1 }
local FUNCTION = { kind = "FLR" }

local function function_reset(vm)
  return vm:run({ "sh", "-c", ("echo 1 > /sys/bus/pci/devices/%s/reset"):format(dma.address(vm)) })
end

local function works(vm)
  for channel = 0, 3 do
    dma.ok(vm, ("copy --channel %d --size 4096"):format(channel))
  end
end

-- A job hangs on channel 1, and the reset that the driver then does goes wrong. Gives the error of the job.
local function hang(vm, action, params, times)
  local job = vm.dma0:fault { at = "job.start", match = { channel = 1 }, nth = 1, action = "hang" }
  local reset = vm.dma0:fault { at = "reset", match = CHANNEL, after = job, action = action, params = params, times = times }
  local r = vm:run("stunt-dma copy --channel 1 --size 4096")
  expect.is_true(reset:status().fired > 0, action)
  reset:disarm()
  return r.values.error
end

local function channels(vm)
  -- the first of three tries is lost, the second helps
  expect.equal(hang(vm, "refuse", nil, 1), "ETIMEDOUT")
  works(vm)
  expect.equal(hang(vm, "keep-context", nil, 2), "ETIMEDOUT")
  works(vm)
  expect.equal(hang(vm, "delay", { ns = "50us" }, 1), "ETIMEDOUT")
  works(vm)
  -- the other channels forget where their rings are: the driver finds out when it rings for the next job, and reminds them
  expect.equal(hang(vm, "lose-context", nil, 1), "ETIMEDOUT")
  works(vm)
  -- a channel that cannot be stopped may write anywhere: the device is given up, until it is reset as a whole
  expect.equal(hang(vm, "hang", nil, 1), "ENODEV")
  expect.equal(function_reset(vm).status, 0)
  works(vm)
end

local function functions(vm)
  for _, one in ipairs { { "refuse" }, { "keep-context" }, { "lose-context" }, { "delay", { ns = "700ms" } } } do
    local rule = vm.dma0:fault { at = "reset", match = FUNCTION, nth = 1, action = one[1], params = one[2] }
    local r = function_reset(vm)
    expect.equal({ r.status, rule:status().fired }, { 0, 1 }, one[1])
    works(vm)
  end
  -- the kernel waits for a minute, and then resets the bus
  local hang = vm.dma0:fault { at = "reset", match = FUNCTION, nth = 1, action = "hang" }
  expect.is_true(function_reset(vm).virtual_ns > ns("60s"))
  expect.equal(hang:status().fired, 1)
  works(vm)
end

return scenario {
  summary = "resets that are ignored, late or half done are coped with; what does not come back is given up",
  machine = { dma0 = "dma" },
  modules = { "stunt_dma" },
  deadline = "300s",
  oracle = {
    misuse = { dma0 = 3 }, -- the doorbells of those that forgot
    allow = { "task sh:[0-9]+ blocked for more than" }, -- the kernel's own wait for a function that does not come back
  },
  proves = {
    ["reset refuse"] = "a channel's is tried three times; a function that was not reset is set up anew all the same",
    ["reset keep-context"] = "as one that is refused",
    ["reset delay"] = "a channel is asked until it stands still, a function waited for by the kernel",
    ["reset lose-context"] = "a channel that has forgotten its rings is set up anew by the watchdog, its jobs run",
    ["reset hang"] = "a channel that cannot be stopped has the device given up; a function is brought back by a reset of its bus",
  },
  run = function(vm)
    channels(vm)
    functions(vm)
  end,
}
