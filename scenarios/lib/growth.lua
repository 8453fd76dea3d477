-- SPDX-License-Identifier: GPL-2.0-or-later
-- Whether the kernel's slab caches grow when something is done again and again.
--
--   growth.none(vm, function(i) vm:run("stunt-dma copy") end)
local growth = {}

-- Caches of files and processes that commands use, of which the kernel keeps what may be wanted again, and of address
-- ranges that are given back by and by.
local passing = {
  dentry = true, inode_cache = true, proc_inode_cache = true, shmem_inode_cache = true, kernfs_node_cache = true,
  filp = true, vm_area_struct = true, anon_vma = true, anon_vma_chain = true, maple_node = true, radix_tree_node = true,
  buffer_head = true, lsm_inode_cache = true, lsm_file_cache = true, pid = true, cred_jar = true, vmap_area = true,
}

-- Objects in use by cache. Before counting, the kernel gives back what it only keeps in reserve: its processors' part of
-- each cache counts as used.
function growth.objects(vm)
  vm:run{ "sh", "-c", "echo 2 > /proc/sys/vm/drop_caches; for f in /sys/kernel/slab/*/shrink; do echo 1 > $f; done" }
  local objects = {}
  for name, active in vm:get("/proc/slabinfo"):gmatch("\n(%S+)%s+(%d+) ") do
    if name ~= "#" and not passing[name] then
      objects[name] = math.tointeger(active)
    end
  end
  return objects
end

-- Calls `action` once to warm up, then `times` more (20), and fails when a cache has `times` objects more than before:
-- one for each. Returns how much each cache grew.
function growth.none(vm, action, times)
  times = times or 20
  action(0)
  local before, grown = growth.objects(vm), {}
  for i = 1, times do
    action(i)
  end
  for name, now in pairs(growth.objects(vm)) do
    grown[name] = now - (before[name] or 0)
    if grown[name] >= times then
      fail(string.format("slab cache %s grew by %d objects in %d repeats", name, grown[name], times))
    end
  end
  return grown
end

return growth
