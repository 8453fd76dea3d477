-- SPDX-License-Identifier: GPL-2.0-or-later
-- Eight threads on four channels: each channel works, and they work at the same time.
local dma = require "dma"

-- True when a job of one channel started while a job of another was in work.
local function overlapped(vm)
  local running = {}
  for _, event in ipairs(vm:events { device = "dma0" }) do
    local channel = event.fields.channel
    if event.class == "job.start" then
      for other in pairs(running) do
        if other ~= channel then
          return true
        end
      end
      running[channel] = true
    elseif event.class == "job.done" then
      running[channel] = nil
    end
  end
  return false
end

return scenario {
  summary = "four channels work at once for eight threads, and no data is mixed up",
  machine = { dma0 = { type = "dma", bandwidth = 10000000 } },
  modules = { "stunt_dma" },
  run = function(vm)
    local r = dma.ok(vm, "copy --threads 8 --count 3 --size 200003 --src-offset 9 --crc")
    expect.equal(r.values.bytes, 8 * 3 * 200003)
    expect.is_true(not r.out:find("data=wrong") and not r.out:find("harmed"))
    for channel = 0, 3 do
      expect.event { device = "dma0", class = "job.done", channel = channel, status = "OK", at_least = 6 }
    end
    expect.is_true(overlapped(vm), "channels at the same time")
  end,
}
