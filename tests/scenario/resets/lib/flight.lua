-- SPDX-License-Identifier: GPL-2.0-or-later
-- Transfers that take long, to be cut.
local flight = {}

-- How many of the channels are at work.
function flight.running(vm)
  local n = 0
  for channel = 0, 3 do n = n + vm.dma0:peek("CH_STATUS.RUNNING", channel) end
  return n
end

-- Begins a transfer on this many channels, 80 ms each, and comes back when all are at work.
function flight.begin(vm, channels)
  for channel = 0, channels - 1 do
    vm:spawn(("stunt-dma copy --channel %d --size 40000"):format(channel))
  end
  for _ = 1, 100 do
    if flight.running(vm) == channels then return end
    vm:sleep("5ms")
  end
  error("the transfers did not begin within half a second") -- not fail: that may be what the scenario is to end with
end

return flight
