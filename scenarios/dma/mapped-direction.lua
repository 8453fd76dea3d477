-- SPDX-License-Identifier: GPL-2.0-or-later
-- Sources are mapped for the device to read, destinations for it to write, and a comparison has two sources.
local dma = require "dma"
local mapped = require "mapped"

-- Which directions a command maps memory for.
local function directions(vm, words)
  local since, seen = dma.last_event(vm), {}
  dma.ok(vm, words)
  for _, event in ipairs(vm:events { device = "dma0", class = "dma.map", since = since, coherent = 0 }) do
    seen[event.fields.direction] = true
  end
  return { to_device = seen[1], from_device = seen[2], both = seen[0] }
end

return scenario {
  summary = "memory is mapped in the direction in which each operation uses it",
  machine = { dma0 = "dma" },
  modules = { "stunt_dmacheck", "stunt_dma" },
  catches = { "wrong_direction" },
  run = function(vm)
    expect.equal(directions(vm, "copy --size 20000"), { to_device = true, from_device = true })
    expect.equal(directions(vm, "fill --size 20000"), { from_device = true })
    expect.equal(directions(vm, "crc --size 20000"), { to_device = true })
    expect.equal(directions(vm, "compare --size 20000"), { to_device = true })
    mapped.load(vm)
    mapped.clean(vm)
  end,
}
