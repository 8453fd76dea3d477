-- SPDX-License-Identifier: GPL-2.0-or-later
-- The device fills memory that holds pattern A with pattern B and calls it done; what is there then, and later?
local bounce = require "bounce"

local MS = ns("1ms")

local function writes(vm, since)
  return #vm:events { device = "dma0", class = "dma.write", what = "DATA", since = since }
end

local function fill_faulty(vm, action, params)
  bounce.fill(vm, bounce.A)
  local rule = vm.dma0:fault { at = "dma.write", match = { what = "DATA", channel = bounce.CHANNEL }, nth = 1, action = action,
    params = params }
  bounce.fill(vm, bounce.B)
  expect.equal(rule:status().fired, 1, action)
  return rule:status().first_seq
end

-- Done, and not there; there when its time has come.
local function comes_late(vm, read, action)
  local seq = fill_faulty(vm, action, { ns = 50 * MS })
  expect.equal(read(), "A", action .. ": told done before it is")
  vm:sleep("50ms")
  expect.equal(read(), "B", action)
  expect.equal(writes(vm, seq), 1, action .. ": it landed once")
end

-- Of two chunks the second is first; both are there when the job is done.
local function swaps(vm, read)
  bounce.fill(vm, bounce.A)
  local rule = vm.dma0:fault { at = "dma.write", match = { what = "DATA", channel = bounce.CHANNEL }, nth = 1, action = "reorder" }
  bounce.fill(vm, bounce.B)
  expect.equal(read(), "B", "both have landed before the interrupt")
  local order = vm:events { device = "dma0", class = "dma.write", channel = bounce.CHANNEL, since = rule:status().first_seq - 1 }
  expect.equal({ order[1].fields.what, order[2].fields.what, order[3].fields.what }, { 2, 3, 2 })
end

return scenario {
  summary = "data that goes missing, astray, twice or comes late is told by its sum alone, and the driver works on",
  machine = { dma0 = "dma" },
  modules = { "stunt_dma" },
  proves = {
    ["dma.write drop"] = "the caller is told of success; the sum over the data tells that nothing came",
    ["dma.write truncate"] = "the caller is told of success; the sum over the data tells that some is missing",
    ["dma.write misdirect"] = "the caller is told of success; the data is found elsewhere",
    ["dma.write duplicate"] = "a second copy overwrites what the next job wrote, which only its sum tells",
    ["dma.write delay"] = "the caller is told of success before the data is there",
    ["dma.write write-after-done"] = "the job is signalled, its data comes after that",
    ["dma.write reorder"] = "nobody sees the order, as both writes are in before the interrupt",
  },
  run = function(vm)
    local read = bounce.reader(vm)
    fill_faulty(vm, "drop")
    expect.equal(read(), "A")
    fill_faulty(vm, "truncate", { len = 1000 })
    expect.equal(read(), "neither")
    fill_faulty(vm, "misdirect", { offset = 16384 })
    expect.equal({ read(), read(16384) }, { "A", "B" })

    fill_faulty(vm, "duplicate", { ns = 50 * MS })
    expect.equal(read(), "B")
    bounce.fill(vm, bounce.A)
    expect.equal(read(), "A")
    vm:sleep("50ms")
    expect.equal(read(), "B", "an old write came once more")

    comes_late(vm, read, "delay")
    comes_late(vm, read, "write-after-done")
    swaps(vm, read)

    local info = vm:run("stunt-dma info").values
    expect.equal({ info.lost_irqs, info.timeouts, info.errors, info.resets }, { 0, 0, 0, 0 }, "the driver saw none of it")
  end,
}
