-- SPDX-License-Identifier: GPL-2.0-or-later
-- What the device reads is not what is in memory: payload, and descriptors.
local bounce = require "bounce"

local FROM, TO, OTHER = 0, 16384, 8192

-- Pattern A is copied to where B was; which of them is there then?
local function copied(vm, read, action, params)
  bounce.fill(vm, bounce.A, FROM)
  bounce.fill(vm, bounce.B, TO)
  vm.dma0:fault { at = "dma.read", match = { what = "DATA", channel = bounce.CHANNEL }, nth = 1, action = action, params = params }
  local r = bounce.copy(vm, FROM, TO)
  return read(TO), r
end

local function refused(vm, what, action, params, word)
  vm.dma0:fault { at = "dma.read", match = { what = what, channel = bounce.CHANNEL }, nth = 1, action = action, params = params }
  local r = bounce.try_copy(vm, FROM, TO)
  expect.equal(r.status, 2, r.out)
  expect.match(r.out, word, ("%s of a %s"):format(action, what))
  bounce.copy(vm, FROM, TO)
end

return scenario {
  summary = "payload that is read wrongly is copied wrongly; descriptors that are read wrongly are refused, and the channel recovers",
  machine = { dma0 = "dma" },
  modules = { "stunt_dma" },
  proves = {
    ["dma.read corrupt"] = "the caller is told of success, the sum is wrong; a descriptor is refused, its channel reset",
    ["dma.read truncate"] = "the caller is told of success, the sum over the copy is wrong",
    ["dma.read drop"] = "the copy is all ones, told by its sum; a descriptor of ones is refused, its channel reset",
    ["dma.read misdirect"] = "the caller is told of success, and has other data",
    ["dma.read error"] = "the caller gets BUS_ERROR, the channel is reset and works on",
    ["dma.read delay"] = "the job takes so much longer, and nothing else changes",
  },
  run = function(vm)
    local read = bounce.reader(vm)
    bounce.fill(vm, bounce.B, OTHER)
    expect.equal(copied(vm, read, "corrupt", { offset = 100, xor = 1 }), "neither")
    expect.equal(copied(vm, read, "truncate", { len = 1000 }), "neither")
    expect.equal(copied(vm, read, "drop"), "neither")
    expect.equal(copied(vm, read, "misdirect", { offset = OTHER - FROM }), "B")
    local result, late = copied(vm, read, "delay", { ns = "20ms" })
    expect.equal(result, "A")
    expect.between(late.virtual_ns, ns("20ms"), ns("40ms"))

    refused(vm, "DATA", "error", nil, "status=BUS_ERROR")
    refused(vm, "DESC", "error", nil, "status=BUS_ERROR")
    refused(vm, "DESC", "corrupt", { offset = 20, xor = 0x40 }, "status=BAD_OP")
    refused(vm, "DESC", "drop", nil, "error=EIO") -- its completion has an id that nobody gave
    local info = vm:run("stunt-dma info").values
    expect.equal({ info.timeouts, info.lost_irqs, info.resets }, { 0, 0, 4 }, "each found by its completion")
  end,
}
