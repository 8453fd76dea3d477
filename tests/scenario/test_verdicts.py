#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Verdicts, exit statuses and the JSON document, each from a real run."""

import struct
import unittest
from pathlib import Path

from common import StuntTest

HEAD = 'return scenario { summary = "test", machine = { dma0 = "dma" }, modules = { "stunt_dma" }, %s run = function(vm) %s end }\n'
FIELDS = {"name", "status", "reason", "seed", "wall_ms", "virtual_ns", "mode", "kernel", "rules", "findings", "events", "replay"}


def spinning_program():
    """An ELF program that takes the processor for itself: sched_setscheduler(0, SCHED_FIFO, 99), and a loop."""
    code = bytes.fromhex("b890000000" "31ff" "be01000000" "488d1504000000" "0f05" "ebfe") + struct.pack("<I", 99)
    start, size = 0x400000, 64 + 56 + len(code)
    header = b"\x7fELF\2\1\1" + bytes(9) + struct.pack("<HHIQQQIHHHHHH", 2, 62, 1, start + 120, 64, 0, 0, 64, 56, 1, 0, 0, 0)
    return header + struct.pack("<IIQQQQQQ", 1, 5, 0, start, start, size, size, 4096) + code


class Verdicts(StuntTest):
    def verdict(self, body, extra="", *words):
        path = self.scenario("case", HEAD % (extra, body))
        status, results = self.run_json(path, *words)
        (row,) = results.values()
        return status, row

    def test_pass_has_the_fields_of_the_design(self):
        status, row = self.verdict(
            'vm.dma0:fault{ id = "m", at = "job.start", action = "mark" } vm:run("stunt-dma copy")', "", "--seed", "42")
        self.assertEqual((status, row["status"]), (0, "PASS"), row)
        self.assertLessEqual(FIELDS, set(row))
        self.assertEqual((row["seed"], row["kernel"], row["mode"]), (42, "6.1", "deterministic"))
        (rule,) = row["rules"]
        self.assertEqual(set(rule), {"id", "at", "action", "armed", "matched", "fired", "first_ns", "first_seq"})
        self.assertEqual((rule["id"], rule["at"], rule["action"]), ("m", "job.start", "mark"))
        self.assertEqual((rule["armed"], rule["fired"] > 0), (True, True))
        self.assertIn(f"#{rule['first_seq']:06}  dma0  job.start", Path(row["events"]).read_text())
        self.assertGreater(Path(row["events"]).stat().st_size, 1000)

    def test_expectation_that_does_not_hold_is_fail_with_line_and_last_events(self):
        path = self.scenario("case", HEAD % ("", '\n\nexpect.equal(vm:run("false").status, 0)'))
        done = self.stunt("run", path)
        self.assertEqual(done.returncode, 1)
        self.assertIn("case.lua:3: expected 0, got 1", done.stdout)
        self.assertIn("link.ask", done.stdout, "the last events")
        self.assertTrue(done.stdout.endswith("0 passed, 1 failed\n"), done.stdout[-200:])

    def test_rule_that_never_fired_is_invalid(self):
        status, row = self.verdict('vm.dma0:fault{ id = "never", at = "irq.raise", match = { vector = "CH3_DONE" }, '
                                   'action = "drop" } vm:run("stunt-dma copy --channel 0")')
        self.assertEqual((status, row["status"]), (2, "INVALID"), row)
        self.assertIn("never", row["reason"])

    def test_forbidden_event_fails_at_once(self):
        status, row = self.verdict('vm.dma0:fault{ at = "job.start", nth = 2, action = "forbid" } '
                                   'vm:run("stunt-dma copy --count 5") error("not reached")')
        self.assertEqual((status, row["status"]), (1, "FAIL"), row)

    MARK = 'vm.dma0:fault{ at = "job.start", action = "mark" } '
    PROVES = 'proves = { ["job.start mark"] = "nothing" },'

    def test_what_a_scenario_proves_must_have_been_shown(self):
        status, row = self.verdict('vm:run("stunt-dma copy")', self.PROVES)
        self.assertEqual((status, row["status"]), (2, "INVALID"), row)
        self.assertEqual(row["reason"], "it proves 'job.start mark', but no such rule fired")
        status, row = self.verdict(self.MARK + 'vm:run("stunt-dma copy")', self.PROVES)
        self.assertEqual((status, row["status"]), (0, "PASS"), row)

    def test_what_was_shown_on_a_branch_counts(self):
        branch = 'vm:snapshot("a") ' + self.MARK + 'vm:run("stunt-dma copy") vm:rewind("a")'
        status, row = self.verdict(branch, self.PROVES)
        self.assertEqual((status, row["status"]), (0, "PASS"), row)

    def test_an_expected_fail_does_not_excuse_a_lack_of_proof(self):
        extra = 'verdict = "FAIL",' + self.PROVES
        status, row = self.verdict('vm:run("stunt-dma copy") fail("as it should")', extra)
        self.assertEqual((status, row["status"]), (2, "INVALID"), row)
        status, row = self.verdict(self.MARK + 'vm:run("stunt-dma copy") fail("as it should")', extra)
        self.assertEqual((status, row["status"]), (0, "PASS"), row)

    def test_kernel_warning_is_found_by_the_oracle(self):
        status, row = self.verdict('vm:run{ "sh", "-c", "echo \'<4>WARNING: CPU: 0 PID: 1 at test\' > /dev/kmsg" }')
        self.assertEqual((status, row["status"]), (1, "FAIL"), row)
        self.assertIn("WARNING", row["reason"])

    def test_finding_has_kind_and_report(self):
        lines = ["------------[ cut here ]------------", "WARNING: CPU: 0 PID: 1 at toy.c:3 toy_one+0x1/0x10 [toy]",
                 "RIP: 0010:toy_one+0x1/0x10 [toy]", "Call Trace:", " <TASK>", " toy_two+0x2/0x10 [toy]", " </TASK>",
                 "---[ end trace 0000000000000000 ]---"]
        script = "".join(f"echo '<4>{line}' > /dev/kmsg;" for line in lines)
        status, row = self.verdict(f'vm:run{{ "sh", "-c", [[{script}]] }}')
        self.assertEqual((status, row["status"]), (1, "FAIL"), row)
        (finding,) = row["findings"]
        self.assertEqual(finding["report"], lines)
        self.assertEqual((finding["kind"], finding["text"], finding["expected"]), ("warn", lines[1], False))
        self.assertEqual(finding["trace"], ["toy: toy_one+0x1/0x10", "toy: toy_two+0x2/0x10"])
        self.assertEqual(finding["where"], "toy: toy_one+0x1/0x10")

    def test_expected_finding_is_required_and_no_more_of_it(self):
        warn = "echo '<4>WARNING: CPU: 0 PID: %d at toy' > /dev/kmsg;"
        for count, verdict, reason in ((0, "FAIL", "1 finding was expected (kind warn, pattern 'toy'), there were 0"),
                                       (1, "PASS", ""), (2, "FAIL", "health oracle: warn: WARNING: CPU: 0 PID: 1 at toy")):
            script = "true; sleep 2;".join(warn % n for n in range(count)) or "true"
            _, row = self.verdict(f'vm:run{{ "sh", "-c", [[{script}]] }}',
                                  'oracle = { expect = { { kind = "warn", pattern = "toy" } } },')
            self.assertEqual(row["status"], verdict, row)
            self.assertIn(reason, row["reason"])
            self.assertEqual([finding["expected"] for finding in row["findings"]], [True, False][:count])

    def test_expected_panic_is_a_pass_that_ends_the_script(self):
        panic = 'vm:run{ "sh", "-c", "echo c > /proc/sysrq-trigger" } error("not reached")'
        status, row = self.verdict(panic, 'oracle = { expect = { { kind = "panic", pattern = "sysrq" } } },')
        self.assertEqual((status, row["status"]), (0, "PASS"), row)

    def test_kernel_panic_is_fail_with_its_last_words(self):
        status, row = self.verdict('vm:run{ "sh", "-c", "echo c > /proc/sysrq-trigger" }')
        self.assertEqual((status, row["status"]), (1, "FAIL"), row)
        self.assertIn("panic", (row["reason"] + row.get("detail", "")).lower())

    def test_hang_is_fail_at_the_virtual_deadline(self):
        status, row = self.verdict('vm:run("sleep 1000")', 'deadline = "5s",')
        self.assertEqual((status, row["status"]), (1, "FAIL"), row)
        self.assertLess(row["virtual_ns"], 60e9)

    PROGRESS = 'progress = { device = "dma0", class = "job.done", within = "500ms" }'
    LOOP = '{ "sh", "-c", "for n in 1 2 3 4; do stunt-dma copy; sleep 0.3; done%s" }'

    def test_a_driver_that_gets_on_may_take_its_time(self):
        status, row = self.verdict(f'vm:run({self.LOOP % ""}, {{ {self.PROGRESS} }})')
        self.assertEqual((status, row["status"]), (0, "PASS"), row)
        self.assertGreater(row["virtual_ns"], 1e9)

    def test_no_sign_of_progress_is_fail(self):
        status, row = self.verdict(f'vm:run({self.LOOP % "; sleep 30"}, {{ {self.PROGRESS} }})')
        self.assertEqual((status, row["status"]), (1, "FAIL"), row)
        self.assertIn("no progress: no dma0 job.done for 0.500000000 s of virtual time", row["reason"])
        self.assertIn("task sleep (", self.kept(row)["detail"])
        self.assertLess(row["virtual_ns"], 10e9)

    def test_a_timeout_ends_a_call_that_gets_on(self):
        status, row = self.verdict(f'vm:run({self.LOOP % ""}, {{ timeout = "700ms", {self.PROGRESS} }})')
        self.assertEqual((status, row["status"]), (1, "FAIL"), row)
        self.assertIn("not done at its deadline", row["reason"])

    def test_progress_needs_a_class_and_a_time(self):
        for query, lacks in (('device = "dma0", within = "1s"', "class"), ('class = "job.done"', "within")):
            _, row = self.verdict(f'vm:run("true", {{ progress = {{ {query} }} }})')
            self.assertEqual(row["status"], "ERROR", row)
            self.assertIn(lacks, row["reason"])

    def test_hang_tells_what_hangs(self):
        folder = self.home / "memory"
        path = self.scenario("case", HEAD % ('deadline = "5s",', 'vm:run("sleep 1000")'))
        status, results = self.run_json(path, "--dump", folder)
        (row,) = results.values()
        self.assertEqual((status, row["status"]), (1, "FAIL"), row)
        detail = self.kept(row)["detail"]
        self.assertIn("task sleep (", detail)
        self.assertIn("hrtimer_nanosleep+0x", detail)
        (core,) = folder.iterdir()
        with core.open("rb") as file:
            self.assertEqual(file.read(4), b"\x7fELF")
        self.assertIn("task:kthreadd ", (Path(row["events"]).parent / "kernel.log").read_text())

    def test_hang_in_a_driver_tells_the_source_line(self):
        patient = HEAD.replace('"stunt_dma" }', '{ "stunt_dma", "watchdog_ms=100000 job_timeout_ms=100000" } }')
        path = self.scenario("case", patient % (
            'deadline = "3s",', 'vm.dma0:fault{ at = "job.start", action = "hang" } vm:run("stunt-dma copy")'))
        status, results = self.run_json(path)
        (row,) = results.values()
        self.assertEqual((status, row["status"]), (1, "FAIL"), row)
        self.assertRegex(self.kept(row)["detail"], r"stunt_dma: \w+\+0x\w+/0x\w+ \(guest-driver/dma/\w+\.c:\d+\)")

    def test_hang_of_a_guest_that_does_not_answer_tells_what_the_processor_runs(self):
        program = "".join(f"\\{byte:03d}" for byte in spinning_program())
        spin = (f'vm:put("/tmp/spin", "{program}", 493) vm:run{{ "sh", "-c", "echo -1 > /proc/sys/kernel/sched_rt_runtime_us" }} '
                'vm:run("/tmp/spin")')
        status, row = self.verdict(spin, 'deadline = "1s",')
        self.assertEqual((status, row["status"]), (1, "FAIL"), row)
        self.assertIn("hang", row["reason"])
        detail = self.kept(row)["detail"]
        self.assertIn("RIP=", detail)
        self.assertIn("the processor runs", detail)

    def test_what_a_driver_leaves_behind_is_fail(self):
        status, row = self.verdict('vm:run("mknod /dev/toy c 1 3")')
        self.assertEqual((status, row["status"]), (1, "FAIL"), row)
        self.assertEqual(row["reason"], "health oracle: left-node: /dev/toy is left behind")
        self.assertEqual(self.kept(row)["not_unloaded"], "")

    def test_slab_growth_is_fail(self):
        status, row = self.verdict('require("growth").none(vm, function() vm:spawn("sleep 1000") vm:sleep("5ms") end, 5)')
        self.assertEqual((status, row["status"]), (1, "FAIL"), row)
        self.assertRegex(row["reason"], r"slab cache \S+ grew by \d+ objects in 5 repeats")

    def test_modules_stay_when_the_scenario_says_so(self):
        status, row = self.verdict('vm:run("mknod /dev/toy c 1 3")', 'oracle = { leave_loaded = "for this test" },')
        self.assertEqual((status, row["status"]), (0, "PASS"), row)
        self.assertEqual(self.kept(row)["not_unloaded"], "for this test")

    def test_process_that_cannot_be_killed_is_fail(self):
        cgroup = "mkdir /tmp/f; mount -t cgroup -o freezer f /tmp/f; mkdir /tmp/f/a"
        freeze = "pidof sleep > /tmp/f/a/tasks; echo FROZEN > /tmp/f/a/freezer.state"
        # frozen before it sleeps its stack would be another one, so it gets the time to fall asleep
        status, row = self.verdict(f'vm:run{{ "sh", "-c", "{cgroup}" }} vm:spawn("sleep 1000") vm:sleep("20ms") '
                                   f'vm:run{{ "sh", "-c", "{freeze}" }}')
        self.assertEqual((status, row["status"]), (1, "FAIL"), row)
        self.assertRegex(row["reason"], r"stuck-task: process \w+ \(\d+\) cannot be killed")
        self.assertIn("hrtimer_nanosleep", " ".join(row["findings"][0]["report"]))

    def test_misuse_is_fail_unless_the_scenario_expects_it(self):
        poke = ('local r = vm:run{ "sh", "-c", "cd /sys/bus/pci/devices/0000:01:00.0 && echo 1 > enable && cat resource" } '
                'local write = vm:run{ "devmem", r.out:match("^(0x%x+)"), "32", "1" } expect.equal(write.status, 0)')
        without_driver = HEAD.replace('modules = { "stunt_dma" },', "")
        path = self.scenario("poke", without_driver % ("", poke))
        status, results = self.run_json(path)
        (row,) = results.values()
        self.assertEqual((status, row["status"]), (1, "FAIL"), row)
        self.assertIn("misuse", row["reason"])
        path = self.scenario("poke", without_driver % ("oracle = { misuse = { dma0 = 1 } },", poke))
        status, results = self.run_json(path)
        self.assertEqual(status, 0, results)

    def test_skip_gives_its_reason(self):
        status, row = self.verdict('skip("not here")')
        self.assertEqual((status, row["status"], row["reason"]), (0, "SKIP", "not here"), row)

    def test_error_in_the_script_is_error(self):
        status, row = self.verdict("local x = nil; x.y = 1")
        self.assertEqual((status, row["status"]), (2, "ERROR"), row)
        self.assertIn("case.lua:1", row["reason"])


class BadInput(StuntTest):
    def refused(self, body, *expected):
        done = self.stunt("run", self.scenario("case", body))
        self.assertIn(done.returncode, (2, 64), done.stdout + done.stderr)
        for text in expected:
            self.assertIn(text, done.stdout + done.stderr)

    def test_no_such_scenario_suggests_the_near_one(self):
        done = self.stunt("run", "dma/lost-interupt")
        self.assertEqual(done.returncode, 64)
        self.assertIn("dma/lost-interrupt", done.stderr)

    def test_syntax_error_names_file_and_line(self):
        self.refused("return scenario {\n  summary = = 1\n}\n", "case.lua:2")

    def test_misspelt_event_class(self):
        self.refused(HEAD % ("", 'vm.dma0:fault{ at = "irq.rise", action = "drop" }'), "irq.raise")

    def test_misspelt_register(self):
        self.refused(HEAD % ("", 'vm.dma0:peek("CH_STATS", 0)'), "CH_STATUS")

    def test_misspelt_vector(self):
        self.refused(HEAD % ("", 'vm.dma0:interrupt("CH1_DON")'), "CH1_DONE")

    def test_vector_that_is_not_there(self):
        self.refused(HEAD % ("", "vm.dma0:interrupt(6)"), "there is no such vector")

    def test_impossible_property_of_a_machine(self):
        machine = 'return scenario { summary = "x", machine = { a = { type = "dma", ["msi-vectors"] = 3 } }, run = function(vm) end }'
        self.refused(machine, "msi-vectors is 3, not 1, 2, 4, 8, 16 or 32")

    def test_unknown_action(self):
        self.refused(HEAD % ("", 'vm.dma0:fault{ at = "irq.raise", action = "dorp" }'), "drop")

    def test_unknown_device_type(self):
        self.refused('return scenario { summary = "x", machine = { a = "dmaa" }, run = function(vm) end }', "dma")

    def test_unknown_kernel_lists_those_there_are(self):
        done = self.stunt("run", "--kernel", "5.4", "dma/idle")
        self.assertEqual(done.returncode, 64, done.stdout + done.stderr)
        self.assertIn("6.1", done.stderr)

    def test_missing_module_is_told(self):
        self.refused('return scenario { summary = "x", modules = { "no_such" }, run = function(vm) end }', "no_such")


if __name__ == "__main__":
    unittest.main(verbosity=2)
