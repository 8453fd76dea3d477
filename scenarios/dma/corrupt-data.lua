-- SPDX-License-Identifier: GPL-2.0-or-later
-- One flipped bit on the way: the engine's own CRC over the destination finds it, and the driver hands on the error.
return scenario {
  summary = "corrupted DMA data is found by the CRC operation and reported as an error",
  machine = { dma0 = "dma" },
  modules = { "stunt_dma" },
  proves = {
    ["dma.write corrupt"] = "the CRC operation finds the wrong byte, the caller gets an error, the channel goes on",
  },
  run = function(vm)
    vm.dma0:fault {
      id = "bit", at = "dma.write", match = { what = "DATA", channel = 2 }, nth = 1,
      action = "corrupt", params = { offset = 17, xor = 0x80 },
    }
    local r = vm:run("stunt-dma copy --channel 2 --size 4000 --crc")
    expect.equal(r.status, 1, "wrong data is no success")
    expect.match(r.out, "copy [^\n]* data=wrong bad_at=17 guards=ok")
    expect.match(r.out, "crc [^\n]* status=CRC_MISMATCH")
    expect.event { device = "dma0", class = "job.done", channel = 2, status = "CRC_MISMATCH", count = 1 }

    local again = vm:run("stunt-dma copy --channel 2 --size 4000 --crc")
    expect.equal(again.status, 0, "the channel goes on")
  end,
}
