-- SPDX-License-Identifier: GPL-2.0-or-later
-- Register accesses on channel 1 that bring a wrong value, none, or are late.
local dma = require "dma"

local STATUS, ALL_STATUS = { offset = "INT_STATUS" }, 0x1f

local function counts(vm)
  return vm:run("stunt-dma info").values
end

-- One copy that succeeds; what it cost the driver.
local function copy(vm, at, match, action, params)
  local before = counts(vm)
  local rule = vm.dma0:fault { at = at, match = match, nth = 1, action = action, params = params }
  local r = dma.ok(vm, "copy --channel 1 --size 4096")
  expect.is_true(rule:status().fired > 0, at .. " " .. action)
  rule:disarm()
  local after = counts(vm)
  return { lost = after.lost_irqs - before.lost_irqs, spurious = after.spurious_irqs - before.spurious_irqs,
    doorbells = after.doorbells - before.doorbells, ns = r.virtual_ns }
end

local function reads(vm)
  for _, one in ipairs { { "replace", { value = 0 } }, { "flip", { xor = 2 } } } do
    local cost = copy(vm, "mmio.read", STATUS, one[1], one[2])
    expect.equal({ cost.lost, cost.spurious }, { 1, 1 }, one[1] .. ": no cause seen")
  end
  local cost = copy(vm, "mmio.read", STATUS, "drop")
  expect.equal({ cost.lost, cost.spurious }, { 0, 0 }, "it looked closer")
  cost = copy(vm, "mmio.read", STATUS, "delay", { ns = "50ms" })
  expect.equal({ cost.lost, cost.spurious }, { 0, 0 })
  expect.between(cost.ns, ns("50ms"), ns("70ms"), "the processor waited")
end

local function writes(vm)
  for _, one in ipairs { { "replace", { value = 0 } }, { "flip", { xor = ALL_STATUS } } } do
    local cost = copy(vm, "mmio.write", STATUS, one[1], one[2])
    expect.equal({ cost.lost, cost.spurious }, { 0, 0 }, one[1] .. ": a cause that is not taken back does no harm")
  end
  local cost = copy(vm, "mmio.write", { offset = "CH_TAIL[1]" }, "delay", { ns = "50ms" })
  expect.equal({ cost.lost, cost.doorbells }, { 0, 0 })
  expect.between(cost.ns, ns("50ms"), ns("70ms"), "the doorbell was late")
end

-- The doorbell register does not move any more.
local function stuck_doorbell(vm)
  local rule = vm.dma0:fault { at = "mmio.write", match = { offset = "CH_TAIL[1]" }, nth = 1, action = "stick" }
  local before = counts(vm)
  local r = vm:run("stunt-dma copy --channel 1 --size 4096")
  expect.equal(r.values.error, "ETIMEDOUT", r.out)
  expect.is_true(counts(vm).doorbells - before.doorbells > 3, "it was rung again and again")
  rule:disarm()
  dma.ok(vm, "copy --channel 1 --size 4096")
end

-- A channel that hangs and says that it runs whatever is done to it.
local function stuck_status(vm)
  local hang = vm.dma0:fault { at = "job.start", match = { channel = 1 }, nth = 1, action = "hang" }
  local stuck = vm.dma0:fault { at = "mmio.read", match = { offset = "CH_STATUS[1]" }, after = hang, nth = 1, action = "stick" }
  local r = vm:run("stunt-dma copy --channel 1 --size 4096")
  expect.equal(r.values.error, "ENODEV", r.out)
  expect.event { device = "dma0", class = "reset", kind = "CHANNEL", channel = 1, since = stuck:status().first_seq, count = 3 }
  stuck:disarm()
  dma.write(vm, "/sys/bus/pci/devices/" .. dma.address(vm) .. "/reset", "1")
  dma.ok(vm, "copy --channel 1 --size 4096")
end

return scenario {
  summary = "registers that read wrong, get wrong values, stick or are slow cost time or a job, and never more",
  machine = { dma0 = "dma" },
  modules = { "stunt_dma" },
  proves = {
    ["mmio.read replace"] = "the handler sees no cause; the watchdog finds the completion",
    ["mmio.read flip"] = "the handler sees no cause; the watchdog finds the completion",
    ["mmio.read drop"] = "the handler takes all ones for a reason to look at its channels, and serves them",
    ["mmio.read delay"] = "the processor waits for the answer; nothing else changes",
    ["mmio.read stick"] = "a channel that does not seem to stop is tried three times; the device is given up until it is reset",
    ["mmio.write replace"] = "a cause that was not acknowledged does no harm with messages",
    ["mmio.write flip"] = "a cause that was not acknowledged does no harm with messages",
    ["mmio.write delay"] = "the job begins later; nothing else changes",
    ["mmio.write stick"] = "the doorbell is rung again in vain, the job given up in time; when it moves again all is well",
  },
  run = function(vm)
    reads(vm)
    writes(vm)
    stuck_doorbell(vm)
    stuck_status(vm)
  end,
}
