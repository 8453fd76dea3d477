-- SPDX-License-Identifier: GPL-2.0-or-later
-- Work for random faults (stunt campaign): every channel and operation, a reset, a driver that goes and comes. All data are checked,
-- and the scenario says in one word what became of the work. Without a fault it passes.
local dma = require "dma"

local JOBS = {
  "copy --channel 0 --size 20000 --src-offset 3 --crc", "copy --channel 1 --threads 2 --count 2 --size 4096",
  "copy --channel 2 --size 64", "copy --channel 3 --size 9001 --dst-offset 5", "fill --channel 0 --size 5000",
  "crc --channel 1 --size 7001", "compare --channel 2 --size 3000",
}
local TIMEOUT = "20s"

local seen = { wrong = {}, lost = {} }

local function note(kind, text)
  seen[kind][#seen[kind] + 1] = (text:gsub("%s+", " "):sub(1, 120))
end

-- Wrong data that the driver called good are worse than an error that it told.
local function work(vm)
  for _, words in ipairs(JOBS) do
    local r = vm:run("stunt-dma " .. words, { timeout = TIMEOUT })
    local told = r.out:find("error=") or r.out:find("status=%u+_MISMATCH") or r.out:find("data=none")
    if not told and (r.out:find("data=wrong") or r.out:find("guards=harmed")) then
      note("wrong", words .. ": " .. r.out)
    elseif r.status ~= 0 then
      note("lost", words .. ": " .. r.out .. r.err)
    end
  end
end

local function shell(vm, line)
  local r = vm:run({ "sh", "-c", line }, { timeout = TIMEOUT })
  if r.status ~= 0 then
    note("lost", line .. ": " .. r.out .. r.err)
  end
end

-- What the driver has made up for, by its own count.
local function made_up_for(vm)
  local info = vm:run("stunt-dma info", { timeout = TIMEOUT })
  local found = {}
  if info.status ~= 0 then
    note("lost", "info: " .. info.out .. info.err)
  end
  for _, name in ipairs { "lost_irqs", "spurious_irqs", "timeouts", "errors", "doorbells" } do
    local count = info.values[name]
    if math.type(count) == "integer" and count > 0 then
      found[#found + 1] = name .. "=" .. count
    end
  end
  return table.concat(found, " ")
end

return scenario {
  summary = "the driver does all its work with a device that breaks in the ways of a random plan",
  machine = { dma0 = "dma" },
  modules = { { "stunt_dma", "watchdog_ms=20 job_timeout_ms=200" } },
  deadline = "10min",
  run = function(vm)
    seen = { wrong = {}, lost = {} }
    local address = dma.address(vm)
    work(vm)
    local recovered = made_up_for(vm)
    shell(vm, ("cd /sys/bus/pci/devices/%s && echo flr > reset_method && echo 1 > reset"):format(address))
    work(vm)
    recovered = recovered .. " " .. made_up_for(vm)
    shell(vm, ("cd /sys/bus/pci/drivers/stunt_dma && echo %s > unbind && echo %s > bind"):format(address, address))
    work(vm)
    if #seen.wrong > 0 then
      fail("outcome SDC: " .. seen.wrong[1])
    elseif #seen.lost > 0 then
      fail("outcome DUE: " .. seen.lost[1])
    elseif recovered:find("%S") then
      vm:step("outcome recovered: " .. recovered)
    end
  end,
}
