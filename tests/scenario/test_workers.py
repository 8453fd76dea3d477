#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""One worker process runs many scenarios: none of them can tell, and none is lost with the worker."""

import json
import os
import pty
import signal
import subprocess
import unittest
from pathlib import Path

from common import GRACE_S, STUNT, StuntTest, machines_of, wait_for, workers_of

SCENARIO = '''return scenario { summary = "test", machine = { dma0 = "dma" }, modules = { "stunt_dma" },
  run = function(vm) %s end }
'''
COPY = 'vm:run("stunt-dma copy --count %d")'
BUSY = 'vm:run{ "sh", "-c", "i=0; while [ $i -lt 30000 ]; do i=$((i+1)); done" }'  # some seconds of the host's time
FAILING = 'expect.equal(vm:run("false").status, 0)'


class Workers(StuntTest):
    def scenarios(self):
        bodies = {"one": COPY % 1, "bad": FAILING, "two": COPY % 2, "skipped": 'skip("not here")', "three": COPY % 3}
        return [self.scenario(name, SCENARIO % body) for name, body in bodies.items()]

    def logs(self, results):
        return {name: Path(row["events"]).read_bytes() for name, row in results.items()}

    def test_one_worker_gives_what_many_give(self):
        paths = self.scenarios()
        status, together = self.run_json("--jobs", "1", *paths)
        _, apart = self.run_json("--jobs", len(paths), *paths)
        self.assertEqual(status, 1)
        self.assertEqual([row["status"] for row in together.values()], ["PASS", "FAIL", "PASS", "SKIP", "PASS"])
        self.assertEqual(list(together), [str(path)[:-len(".lua")] for path in paths], "in the order of the list")
        for name, row in together.items():
            self.assertEqual([row[key] for key in ("status", "reason", "virtual_ns")],
                             [apart[name][key] for key in ("status", "reason", "virtual_ns")], name)
        self.assertEqual(self.logs(together), self.logs(apart))

    def test_scenario_of_a_killed_worker_runs_again(self):
        out = self.home / "out.json"
        run = self.start("--jobs", "1", "--json", out, self.scenario("busy", SCENARIO % BUSY),
                         self.scenario("after", SCENARIO % (COPY % 1)))
        self.assertTrue(wait_for(lambda: machines_of(run.pid)), "QEMU did not start")
        (worker,) = workers_of(run.pid)
        os.kill(worker, signal.SIGKILL)
        self.assertTrue(wait_for(lambda: worker not in workers_of(run.pid) and workers_of(run.pid)), "no new worker")
        text = run.communicate(timeout=12 * GRACE_S)[0].decode()
        self.assertEqual(run.returncode, 0, text)
        busy, after = json.loads(out.read_text())["results"]
        self.assertEqual((busy["status"], after["status"]), ("PASS", "PASS"))
        self.assertIn("ran again: the scenario's process was killed by signal 9", self.kept(busy)["start_warning"])
        self.assertEqual(self.kept(after)["start_warning"], "")

    def test_bad_verdict_of_a_turbo_start_is_checked_by_a_strict_run(self):
        """The second scenario of a worker has a warm machine. The check agrees, so all it leaves is time."""
        paths = [self.scenario("one", SCENARIO % (COPY % 1)), self.scenario("two", SCENARIO % FAILING)]
        shown = self.on_terminal("run", "--jobs", "1", "--start", "turbo", *paths)
        self.assertRegex(shown, r"two: again, strict")
        self.assertNotIn("one: again", shown)
        self.assertRegex(shown, r"FAIL.*two ")
        self.assertNotIn("differ", shown)
        (kept,) = (self.home / "state").rglob("two/result.json")
        self.assertEqual(json.loads(kept.read_text())["start"], "turbo")
        shown = self.on_terminal("run", "--jobs", "1", "--start", "strict", *paths)
        self.assertNotIn("again", shown)

    def test_start_that_cannot_be_had_is_told(self):
        """In the output when it was asked for, in the result always."""
        path = self.scenario("one", SCENARIO % (COPY % 1))
        asked = self.stunt("run", "--start", "strict", "--console", self.home / "console", path)
        self.assertEqual(asked.returncode, 0, asked.stdout)
        self.assertRegex(asked.stdout, r"PASS .*\n +the console shows the boot\n")
        status, results = self.run_json("--console", self.home / "console", path)
        (row,) = results.values()
        kept = self.kept(row)
        self.assertEqual((status, kept["start"], kept["start_note"]), (0, "boot", "the console shows the boot"))
        status, results = self.run_json("--start", "strict", path)
        (row,) = results.values()
        self.assertEqual((status, self.kept(row)["start"], self.kept(row)["start_note"]), (0, "strict", ""))

    def on_terminal(self, *words):
        """What stunt shows on a terminal, with all that it wipes out again."""
        leader, follower = pty.openpty()
        self.addCleanup(os.close, leader)
        run = subprocess.Popen([STUNT, *map(str, words)], env=dict(self.env, TERM="xterm"), stdout=follower,
                               stderr=follower)
        os.close(follower)
        shown = b""
        while part := self.read(leader):
            shown += part
        run.wait()
        return shown.decode()

    @staticmethod
    def read(fd):
        """The end of a terminal is an error."""
        try:
            return os.read(fd, 4096)
        except OSError:
            return b""

    def test_follower_reads_its_scenario_to_the_end(self):
        """Also when the worker goes on with another one at once."""
        paths = [self.scenario("busy", SCENARIO % BUSY), self.scenario("noisy", SCENARIO % (COPY % 400)),
                 self.scenario("after", SCENARIO % (COPY % 1))]
        run = self.start("--jobs", "1", *paths)
        name = str(self.home / "noisy")
        followed = wait_for(lambda: self.follow(name), 6 * GRACE_S)
        self.assertIsNotNone(followed, "the scenario was never seen")
        self.assertEqual(followed.stderr, "", "it was seen while it ran")
        self.assertEqual(run.wait(timeout=6 * GRACE_S), 0)
        saved = self.home / "state/stunt/results/latest" / name.lstrip("/") / "events.log"
        self.assertEqual(followed.stdout, saved.read_text())

    def follow(self, name):
        """Everything that was followed, or None when there was nothing to follow."""
        done = self.stunt("events", "--follow", name)
        return done if done.returncode == 0 else None


if __name__ == "__main__":
    unittest.main(verbosity=2)
