-- SPDX-License-Identifier: GPL-2.0-or-later
-- The chipset's reset control register is saved in a part of its own, and only when it is not 0. Absent from the state
-- that is loaded, it must not stay as the last scenario left it.
local tiny = require "lib.tiny"

local RST_CNT = 0xcf9
local READ = ("od -A n -t u1 -j %d -N 1 /dev/port"):format(RST_CNT)
local WRITE = ("printf '\\2' | dd of=/dev/port bs=1 seek=%d 2>/dev/null"):format(RST_CNT)

return scenario {
  summary = "state that is saved only when it is there does not stay",
  machine = { dma0 = { type = "dma", bandwidth = 500000 } },
  modules = { "stunt_dma" },
  run = function(vm)
    expect.equal(tonumber(tiny.sh(vm, READ)), 0)
    tiny.sh(vm, WRITE)
    expect.equal(tonumber(tiny.sh(vm, READ)), 2)
  end,
}
