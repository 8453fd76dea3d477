-- SPDX-License-Identifier: GPL-2.0-or-later
-- A real file goes through the engine in scattered pages and comes out with the same SHA-256, seen by guest and host.
local dma = require "dma"

return scenario {
  summary = "a file copied by scatter-gather keeps its SHA-256",
  machine = { dma0 = "dma" },
  modules = { "stunt_dma" },
  run = function(vm)
    local since = dma.last_event(vm)
    local r = dma.ok(vm, "file /bin/busybox --output /tmp/copy --piece 300000 --src-offset 5 --dst-offset 4093")
    expect.equal(r.values.data, "ok")
    -- an IOMMU gathers the pages itself: the device then sees one range
    expect.equal(r.values.descriptors == r.values.pieces, vm:iommu(), "more than one descriptor a piece is scatter-gather")
    expect.equal(dma.bytes_done(vm, since), r.values.size, "bytes that the device moved")

    local original, copy = vm:get("/bin/busybox"), vm:get("/tmp/copy")
    expect.equal(#copy, r.values.size)
    expect.equal(vm:sha256(copy), vm:sha256(original))
    local sums = vm:run("sha256sum /bin/busybox /tmp/copy")
    expect.equal(sums.out, ("%s  /bin/busybox\n%s  /tmp/copy\n"):format(vm:sha256(original), vm:sha256(original)))
  end,
}
