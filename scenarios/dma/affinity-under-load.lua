-- SPDX-License-Identifier: GPL-2.0-or-later
-- The interrupt moves from one processor to the other and back while copies run. In real time: two processors at once.
local dma = require "dma"

-- Interrupts of channel 0 on each of two processors, and the number of its interrupt.
local function counts(vm)
  local irq, one, other = vm:get("/proc/interrupts"):match("(%d+):%s+(%d+)%s+(%d+)[^\n]*stunt%-dma0%-ch0\n")
  return tonumber(one), tonumber(other), irq
end

return scenario {
  summary = "an interrupt that is moved between processors under load loses no completion",
  machine = { dma0 = "dma", realtime = true, vcpus = 2 },
  modules = { { "stunt_dma", "irq_mode=msix watchdog_ms=1000 job_timeout_ms=20000" } },
  run = function(vm)
    local one, other, irq = counts(vm)
    local r = vm:run({ "sh", "-c", ([[
      stunt-dma copy --channel 0 --threads 2 --count 60 --size 4096 > /tmp/copies &
      for n in 1 2 3 4 5 6 7 8 9 10; do
        for mask in 2 1; do echo $mask > /proc/irq/%s/smp_affinity || exit 3; done
      done
      wait $! || exit 4
      echo 2 > /proc/irq/%s/smp_affinity; stunt-dma copy --channel 0 --count 4 --size 4096 > /tmp/there || exit 5
      echo 1 > /proc/irq/%s/smp_affinity; stunt-dma copy --channel 0 --count 4 --size 4096 > /tmp/back || exit 6
      ! grep -h data=wrong /tmp/copies /tmp/there /tmp/back]]):format(irq, irq, irq) }, { timeout = "60s" })
    expect.equal(r.status, 0, r.out .. r.err)
    local one_after, other_after = counts(vm)
    expect.is_true(one_after > one and other_after > other, "both processors had it")
    expect.event { device = "dma0", class = "job.done", channel = 0, status = "OK", at_least = 128 }
    local info = vm:run("stunt-dma info").values
    expect.equal({ info.lost_irqs, info.timeouts, info.errors }, { 0, 0, 0 })
  end,
}
