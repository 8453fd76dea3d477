-- SPDX-License-Identifier: GPL-2.0-or-later
-- The command register forgets what it was told, at three kinds of moment. The job on its way is lost, and said to be.
local MEMORY, MASTER = 2, 4

-- A copy rings the doorbell and is a job; the third kind is a write of the interrupt line, which means nothing to anybody.
local COPY = "stunt-dma copy --channel 1 --size 4096"
local moments = {
  { at = "job.start", bits = MASTER, fails = true },
  { at = "job.start", bits = MEMORY },
  { at = "job.start", bits = MEMORY | MASTER, fails = true },
  { at = "mmio.write", bits = MASTER, fails = true },
  { at = "mmio.write", bits = MEMORY },
  { at = "cfg.write", bits = MASTER, by = { "setpci", "-s", "01:00.0", "3c.b=5" } },
  { at = "cfg.write", bits = MEMORY, by = { "setpci", "-s", "01:00.0", "3c.b=5" } },
}

return scenario {
  summary = "bus mastering and memory decoding that a card forgets are missed, said, and switched on again",
  machine = { dma0 = "dma" },
  modules = { { "stunt_dma", "watchdog_ms=50 job_timeout_ms=200" } },
  catches = { "command_untended" },
  proves = {
    ["job.start forget"] = "the watchdog reports the job and switches bus mastering or memory decoding on again",
    ["mmio.write forget"] = "the watchdog finds the doorbell lost, or its job, and switches on again what is off",
    ["cfg.write forget"] = "the driver notices at its first job, and switches on again what is off",
  },
  run = function(vm)
    vm:snapshot()
    for _, moment in ipairs(moments) do
      vm:rewind()
      vm:step(("%s, bits %d"):format(moment.at, moment.bits))
      local rule = vm.dma0:fault { at = moment.at, nth = 1, action = "forget", params = { bits = moment.bits } }
      local r = vm:run(moment.by or COPY)
      expect.equal(rule:status().fired, 1)
      expect.equal(r.status ~= 0, moment.fails or false, r.out)
      local next_one = vm:run(COPY)
      if moment.by and moment.bits == MASTER then
        expect.equal(next_one.values.status, "BUS_ERROR", next_one.out)
        next_one = vm:run(COPY)
      end
      expect.equal(next_one.values.data, "ok", next_one.out)
      expect.is_true(r.virtual_ns + next_one.virtual_ns < ns("1s"), "no hang")
      expect.equal(#vm:kernel_log("the command register has lost"), 1)
      expect.is_true(vm.dma0:get("bus-master"))
      expect.equal(vm:run(COPY).values.data, "ok")
      expect.equal(vm.dma0:misuse(), 0, "it is not the driver's doing")
    end
  end,
}
