-- SPDX-License-Identifier: GPL-2.0-or-later
-- A device of 32 address bits in a guest with memory above 4 GiB: the kernel copies by way of swiotlb, and the device never sees a
-- high address.
local dma = require "dma"

-- 2 GiB below 4 GiB and 1 GiB above: a quarter of a GiB of each is enough, and boots sooner.
local MEMORY = "memmap=1792M$0x10000000 mem=4352M swiotlb=2048"

local TRACE = "/sys/kernel/debug/tracing/"

local function used(vm)
  return tonumber(vm:get("/sys/kernel/debug/swiotlb/io_tlb_used"):match("%d+"))
end

local function bounced(vm)
  return tonumber((vm:run({ "sh", "-c", "grep -c swiotlb_bounced: " .. TRACE .. "trace" }).out:match("%d+")))
end

return scenario {
  summary = "a device of 32 address bits gets high memory by bounce buffers, whole, and gives them back",
  machine = { dma0 = { type = "dma", ["dma-width"] = 32, bandwidth = 20000000 }, memory = 3072, cmdline = MEMORY, iommu = false },
  modules = { "stunt_dma" },
  run = function(vm)
    expect.equal(vm:run("stunt-dma info").values.width, 32)
    expect.equal(#vm:kernel_log("32 address bits do not reach all memory"), 1, "the driver says so")
    dma.write(vm, TRACE .. "events/swiotlb/swiotlb_bounced/enable", "1")
    local before = used(vm)
    local copy = vm:spawn("stunt-dma copy --channel 0 --size 1000003 --src-offset 3 --dst-offset 4090 --crc")
    dma.until_busy(vm, 0)
    expect.is_true(used(vm) > before, "bounce buffers are in use while it runs")
    local r = vm:wait(copy)
    expect.equal(r.status, 0, r.out)
    expect.match(r.out, "data=ok bad_at=%-1 guards=ok")
    expect.equal(used(vm), before, "and given back")
    expect.is_true(bounced(vm) > 0, "the kernel says that it bounced")
    for _, class in ipairs { "dma.read", "dma.write" } do
      for _, event in ipairs(vm:events { device = "dma0", class = class }) do
        expect.is_true(event.fields.addr + event.fields.len <= 1 << 32, "within 32 bits")
      end
    end
    expect.equal(vm.dma0:peek("ERR_COUNT"), 0)
  end,
}
