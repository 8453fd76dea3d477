#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""vm:snapshot and vm:rewind: what goes back, what stays, and that no branch escapes judgement."""

import json
import re
import unittest
from pathlib import Path

from common import StuntTest

HEAD = 'return scenario { summary = "test", machine = { dma0 = "dma" }, modules = { "stunt_dma" }, %s run = function(vm)\n%s\nend }\n'
NOTE = re.compile(r" -{7}  (snapshot|rewind)  ")


class Snapshots(StuntTest):
    def verdict(self, body, extra=""):
        status, results = self.run_json(self.scenario("case", HEAD % (extra, body)))
        (row,) = results.values()
        return status, row

    def passes(self, body, extra=""):
        status, row = self.verdict(body, extra)
        self.assertEqual((status, row["status"]), (0, "PASS"), row)
        return row

    def branches(self, row):
        """The parts of the event log between the notes of going back, from the first snapshot to the script's end."""
        parts, kinds = [[]], []
        for line in Path(row["events"]).read_text().splitlines():
            if "-------  health  " in line:
                break  # what comes is the health oracle's doing
            if NOTE.search(line):
                parts.append([])
                kinds.append(line.split()[2])
            else:
                parts[-1].append(line)
        return kinds, parts[1:]

    def test_same_steps_give_the_same_log_again(self):
        row = self.passes('''
            vm:spawn{ "sh", "-c", "while true; do echo tick; sleep 0.01; done" }
            vm:sleep("25ms")
            vm:snapshot()
            for i = 1, 4 do
              vm.dma0:fault{ id = "m", at = "irq.raise", action = "delay", probability = 0.5, optional = true }
              vm:run("stunt-dma copy --count 5 --size 5000")
              vm:put("/tmp/x", vm:bytes(100))
              vm:run("sha256sum /tmp/x")
              vm:sleep("30ms")
              if i < 4 then vm:rewind() end
            end''')
        kinds, parts = self.branches(row)
        self.assertEqual(kinds, ["snapshot", "rewind", "rewind", "rewind"])
        self.assertGreater(len(parts[0]), 200)
        self.assertTrue(any(re.search("output  #[0-9]+ tick", line) for line in parts[0]))
        for part in parts[1:]:
            self.assertEqual(part, parts[0])
        self.assertEqual([rule["id"] for rule in row["rules"]], ["m"] * 4, "each branch had one")

    def test_everything_is_as_it_was(self):
        self.passes('''
            local before = vm:spawn{ "sh", "-c", "echo one; sleep 1; echo two" }
            local marked = vm.dma0:fault{ id = "old", at = "job.start", action = "mark" }
            vm:run("stunt-dma copy --count 3")
            vm:sleep("500ms")
            local fired, now = marked:status().fired, vm:now()
            local events = vm:events()
            vm:snapshot("here")
            local ends
            for i = 1, 3 do
              expect.equal(vm:now(), now)
              expect.equal(#vm:events{ class = "job.start" }, 3)
              expect.equal(vm:events(), events)
              expect.equal(marked:status().fired, fired)
              expect.equal(before:done(), false)
              vm:run{ "sh", "-c", "echo \\"<6>line $$\\" > /dev/kmsg; echo x > /tmp/x" }
              vm.dma0:fault{ id = "new", at = "job.start", nth = 2, action = "mark" }
              vm:run("stunt-dma copy --count 2")
              expect.equal(marked:status().fired, fired + 2)
              expect.event{ class = "job.start", count = 5 }
              expect.equal(#vm:kernel_log("^line "), 1)
              if i == 2 then marked:disarm() end
              local r = vm:wait(before)
              expect.equal(r.out, "one\\ntwo\\n")
              expect.equal(r.end_ns, ends or r.end_ns)
              ends = r.end_ns
              local all = vm:events()
              expect.event{ class = "job.start", since = events[#events].seq, count = 2 }
              expect.event{ class = "job.start", since = all[#all].seq, count = 0 }
              vm:rewind("here")
              expect.equal(vm:run("cat /tmp/x").status, 1)
              vm:rewind("here")
            end
            expect.equal(marked:status().armed, true)
            expect.equal(#vm:kernel_log("^line "), 0)''')

    def test_variables_and_their_snapshots_nest(self):
        self.passes('''
            local trail = {}
            local function word() return (vm:run("cat /tmp/x").out:gsub("\\n", "")) end
            vm:put("/tmp/x", "a")
            vm:snapshot("a")
            for i = 1, 3 do
              vm:rewind("a")
              vm:put("/tmp/x", "b" .. i)
              vm:snapshot("b")
              for k = 1, 2 do
                vm:rewind("b")
                trail[#trail + 1] = word() .. k
              end
            end
            expect.equal(trail, { "b11", "b12", "b21", "b22", "b31", "b32" })
            vm:rewind("a")
            expect.equal(word(), "a")
            expect.error(function() vm:rewind("b") end, "no snapshot 'b'")
            vm:put("/tmp/x", "c")
            vm:snapshot("a")
            vm:rewind("a")
            expect.equal(word(), "c")''')

    def test_deadline_holds_for_each_branch(self):
        self.passes('vm:snapshot() for i = 1, 5 do vm:rewind() vm:sleep("3s") end', 'deadline = "5s",')
        status, row = self.verdict('vm:snapshot() vm:sleep("3s") vm:rewind() vm:sleep("6s")', 'deadline = "5s",')
        self.assertEqual((status, row["status"]), (1, "FAIL"), row)

    def test_rule_that_did_not_fire_on_a_branch_given_up_is_invalid(self):
        for arm in ("before", "after"):
            rule = 'vm.dma0:fault{ id = "third", at = "job.start", nth = 3, action = "mark" }'
            status, row = self.verdict(f'''
                {rule if arm == "before" else ""}
                vm:snapshot()
                for i, count in ipairs{{ 3, 2, 3 }} do
                  vm:rewind() -- the first gives up nothing
                  {rule if arm == "after" else ""}
                  vm:run("stunt-dma copy --count " .. count)
                end''')
            self.assertEqual((status, row["status"]), (2, "INVALID"), row)
            self.assertIn("third", row["reason"])
            self.assertEqual(self.branches(row)[0], ["snapshot", "rewind", "rewind"], "not noticed at once")

    def test_kernel_warning_on_a_branch_given_up_is_found(self):
        status, row = self.verdict('''
            vm:snapshot()
            for i = 1, 4 do
              vm:rewind()
              if i == 2 then vm:run{ "sh", "-c", "echo '<4>WARNING: CPU: 0 PID: 1 at test' > /dev/kmsg" } end
            end''')
        self.assertEqual((status, row["status"]), (1, "FAIL"), row)
        self.assertIn("WARNING", row["reason"])
        self.assertEqual(self.branches(row)[0], ["snapshot", "rewind", "rewind"])

    def test_verdict_stays_when_the_script_goes_back_from_it(self):
        for command, word in (("poweroff -f", "off"), ('sh -c "echo c > /proc/sysrq-trigger"', "panic")):
            status, row = self.verdict(f'''
                vm:snapshot()
                expect.error(function() vm:run[[{command}]] end)
                vm:rewind()
                expect.equal(vm:run("echo alive").out, "alive\\n")''')
            self.assertEqual((status, row["status"]), (1, "FAIL"), row)
            self.assertIn(word, row["reason"])
            self.assertTrue(any(re.search("output  #[0-9]+ alive", line) for line in self.branches(row)[1][1]))

    def test_replay_stops_on_the_branch_that_failed(self):
        status, row = self.verdict('''
            vm:snapshot()
            for i = 1, 4 do
              vm:rewind()
              vm:run("stunt-dma copy --count " .. 5 - i)
              expect.not_equal(i, 3)
            end''')
        self.assertEqual((status, row["status"]), (1, "FAIL"), row)
        folder = Path(row["events"]).parent
        number = json.loads((folder / "result.json").read_text())["last_event"]
        seen = [line for part in self.branches(row)[1] for line in part if f"  #{number:06}  " in line]
        told = self.stopped_under_gdb(folder)
        self.assertIn(f"The machine stands at event #{number}.", "\n".join(told))
        self.assertGreater(len(set(seen)), 1, "an earlier branch had another event of that number")
        self.assertIn(seen[-1], told)

    def test_what_came_since_cannot_be_used(self):
        self.passes('''
            vm:snapshot()
            local command = vm:spawn("sleep 100")
            local rule = vm.dma0:fault{ id = "r", at = "job.start", action = "mark" }
            vm:run("stunt-dma copy")
            vm:rewind()
            local since = "after the snapshot that the machine went back to"
            expect.error(function() vm:wait(command) end, since)
            expect.error(function() vm:kill(command) end, since)
            expect.error(function() command:done() end, since)
            expect.error(function() rule:status() end, since)
            expect.error(function() rule:disarm() end, since)
            rule = vm.dma0:fault{ id = "r", at = "job.start", action = "mark" }
            expect.equal(rule:status().matched, 0)
            vm:run("stunt-dma copy")
            expect.equal(rule:status().fired, 1)''')

    def test_where_it_is_not_possible(self):
        self.passes('''
            expect.error(function() vm:rewind() end, "no snapshot 'default'")
            expect.error(function() vm:snapshot("") end, "empty")
            vm:snapshot("ready")
            expect.error(function() vm:rewind("redy") end, "did you mean 'ready'")
            local told = {}
            vm.dma0:fault{ at = "job.start", nth = 1, action = "pause", on_pause = function(vm)
              for i, call in ipairs{ "snapshot", "rewind" } do
                local _, message = pcall(vm[call], vm, "ready")
                told[i] = message:match("vm:(%w+) is not possible in on_pause")
              end
            end }
            vm:run("stunt-dma copy")
            expect.equal(told, { "snapshot", "rewind" })''')
        path = self.scenario("live", 'return scenario { summary = "test", machine = { realtime = true }, run = function(vm)\n'
                                     'expect.error(function() vm:snapshot() end, "real time") end }\n')
        self.assertEqual(self.run_json(path)[0], 0)


if __name__ == "__main__":
    unittest.main(verbosity=2)
