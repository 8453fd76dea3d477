-- SPDX-License-Identifier: GPL-2.0-or-later
-- Fill, CRC-32C and compare against what the processor computes, and the two answers that are no errors.
local dma = require "dma"

return scenario {
  summary = "fill, CRC-32C and compare agree with the processor",
  machine = { dma0 = "dma" },
  modules = { "stunt_dma" },
  run = function(vm)
    for _, size in ipairs { 1, 9, 4096, 100003 } do
      expect.equal(dma.ok(vm, ("fill --size %d --dst-offset 3 --pattern 0x0123456789abcdef"):format(size)).values.data, "ok")
      local crc = dma.ok(vm, ("crc --size %d --src-offset 5 --seed 7"):format(size)).values
      expect.equal(crc.crc, crc.cpu)
      expect.equal(dma.ok(vm, ("compare --size %d --src-offset 1 --dst-offset 2"):format(size)).values.answer, "right")
    end
    local differ = vm:run("stunt-dma compare --size 100003 --differ 70001")
    expect.equal(differ.status, 1)
    expect.equal(differ.values.status, "MISMATCH")
    expect.equal(differ.values.mismatch, 70001)
    local wrong = vm:run("stunt-dma crc --size 4096 --expect 0x12345678")
    expect.equal(wrong.status, 1)
    expect.equal(wrong.values.status, "CRC_MISMATCH")
    expect.event { device = "dma0", class = "job.done", status = "MISMATCH", count = 1 }
    expect.event { device = "dma0", class = "job.done", status = "CRC_MISMATCH", count = 1 }
    expect.equal(vm.dma0:peek("ERR_COUNT"), 0, "answers, not errors")
  end,
}
