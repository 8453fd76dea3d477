-- SPDX-License-Identifier: GPL-2.0-or-later
-- Leak of a reference: no kernel minds, the module that cannot go tells.
local gallery = require "gallery"

return scenario {
  summary = "a reference that is never dropped keeps the module for good",
  machine = { dma0 = "dma" },
  oracle = { expect = { { kind = "module-in-use", count = true } } },
  run = function(vm)
    expect.equal(gallery.commit(vm, "leak-reference").status, 0)
    local gone, why = pcall(vm.rmmod, vm, "stunt_gallery")
    expect.equal(gone, false)
    expect.match(why, "in use")
    expect.equal(vm:get("/sys/module/stunt_gallery/refcnt"):match("%d+"), "1")
  end,
}
