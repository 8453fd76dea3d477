-- SPDX-License-Identifier: GPL-2.0-or-later
-- The channels are served by interrupt threads, or by the hard handler itself; callers see no difference.
local dma = require "dma"

local function threads(vm)
  return tonumber(vm:run({ "sh", "-c", "cat /proc/[0-9]*/comm | grep -c '^irq/.*stunt-d'" }).out)
end

local function serves(vm, mode, threaded)
  vm:insmod("stunt_dma", ("irq_mode=%s threaded=%d watchdog_ms=50"):format(mode, threaded))
  expect.equal(threads(vm), threaded * (mode == "msix" and 6 or 1), "interrupt threads")
  local since = dma.last_event(vm)
  local r = dma.ok(vm, "copy --threads 4 --count 3 --size 20003")
  expect.is_true(not r.out:find("data=wrong"))
  expect.event { device = "dma0", class = "job.done", status = "OK", since = since, at_least = 12 }
  expect.equal(vm:run("stunt-dma raw --channel 3 --op 99").values.status, "BAD_OP", "a reset of the channel")

  local lost = vm.dma0:fault { at = "irq.raise", match = { vector = "CH3_DONE" }, nth = 1, action = "drop" }
  dma.ok(vm, "copy --channel 3 --size 4096")
  expect.equal(lost:status().fired, 1)
  local info = vm:run("stunt-dma info").values
  expect.equal({ info.lost_irqs, info.spurious_irqs, info.timeouts }, { 1, 0, 0 })
  vm:rmmod("stunt_dma")
end

return scenario {
  summary = "channels are served alike by interrupt threads and by the hard handler, errors and lost interrupts too",
  machine = { dma0 = "dma" },
  catches = { "sleep_in_primary" },
  run = function(vm)
    for _, mode in ipairs { "msix", "intx" } do
      for threaded = 0, 1 do
        serves(vm, mode, threaded)
      end
    end
  end,
}
