-- SPDX-License-Identifier: GPL-2.0-or-later
-- A program's code pages are rewritten where they are, after the ready point: a stale translation would run on.
local tiny = require "lib.tiny"

local PROGRAM = "/bin/stunt-dma"
local PATCH = "printf '%s' | dd of=" .. PROGRAM .. " bs=1 seek=%d conv=notrunc 2>/dev/null"
local E_ENTRY = 24

return scenario {
  summary = "a program that was rewritten is as it was",
  machine = { dma0 = { type = "dma", bandwidth = 500000 } },
  modules = { "stunt_dma" },
  run = function(vm)
    expect.equal(vm:run("stunt-dma copy --size 9").status, 0)
    local entry = tonumber(tiny.sh(vm, ("od -A n -t d8 -j %d -N 8 %s"):format(E_ENTRY, PROGRAM)))
    local code = tiny.exit_7:gsub(".", function(byte) return ("\\x%02x"):format(byte:byte()) end)
    tiny.sh(vm, PATCH:format(code, entry - 0x400000))
    expect.equal(vm:run("stunt-dma copy --size 9").status, 7)
  end,
}
