-- SPDX-License-Identifier: GPL-2.0-or-later
-- What the scenarios of drivers and devices that find each other share.
local registry = {}

-- PCI address of the Nth device of the machine, counted from 1: each is alone on the bus behind its port.
function registry.address(n)
  return ("0000:%02x:00.0"):format(n)
end

-- Runs a line of shell and expects it to succeed; gives what it printed, without the last newline.
function registry.sh(vm, line)
  local r = vm:run({ "sh", "-c", line })
  expect.equal(r.status, 0, line .. ": " .. r.out .. r.err)
  return (r.out:gsub("\n$", ""))
end

-- Writes a word to a file of sysfs. Gives what the shell said of a refusal, nil without one.
function registry.write(vm, path, word)
  local r = vm:run({ "sh", "-c", ("echo '%s' > %s"):format(word, path) })
  return r.status ~= 0 and r.err or nil
end

-- Name of the driver that has a PCI device, "none" without one.
function registry.driver(vm, address)
  local link = ("/sys/bus/pci/devices/%s/driver"):format(address)
  return registry.sh(vm, ("[ -e %s ] && basename $(readlink %s) || echo none"):format(link, link))
end

function registry.bind(vm, driver, address)
  return registry.write(vm, ("/sys/bus/pci/drivers/%s/bind"):format(driver), address)
end

function registry.unbind(vm, driver, address)
  expect.equal(registry.write(vm, ("/sys/bus/pci/drivers/%s/unbind"):format(driver), address), nil)
end

-- Lines of stunt-registry as a list of tables: { { event = "arrived", name = "stunt-dma0", … }, … }.
function registry.parse(text)
  local events = {}
  for line in text:gmatch("event=[^\n]*") do
    local event = {}
    for key, value in line:gmatch("(%S+)=(%S*)") do
      event[key] = math.tointeger(value) or value
    end
    events[#events + 1] = event
  end
  return events
end

-- "arrived stunt-dma0 running", for a look at a whole story.
function registry.story(events)
  local words = {}
  for _, event in ipairs(events) do
    words[#words + 1] = ("%s %s %s"):format(event.event, event.name, event.state)
  end
  return words
end

-- The devices that are registered now: name -> event.
function registry.list(vm)
  local found = {}
  for _, event in ipairs(registry.parse(registry.sh(vm, "stunt-registry list"))) do
    found[event.name] = event
  end
  return found
end

-- Begins to watch; what was there before is left out. Give it to registry.watched() later.
function registry.watch(vm, words)
  local watch = vm:spawn("stunt-registry watch --new " .. words)
  vm:sleep("20ms")
  return watch
end

function registry.watched(vm, watch)
  local r = vm:wait(watch)
  expect.equal(r.status, 0, r.out .. r.err)
  return registry.parse(r.out)
end

return registry
