#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Nothing outlives a run: not after Ctrl-C, not after kill -9, not when QEMU dies."""

import os
import signal
import time
import unittest

from common import GRACE_S, StuntTest, machines_of, processes_of, wait_for

LONG = '''return scenario { summary = "busy for long", machine = { dma0 = "dma" }, deadline = "100000s",
  run = function(vm) vm:run{ "sh", "-c", "while :; do :; done" } end }
'''


class Processes(StuntTest):
    own_cache = True

    def start_long(self):
        """A run with QEMU up."""
        run = self.start("--jobs", "1", self.scenario("long", LONG))
        self.assertTrue(wait_for(lambda: machines_of(run.pid)), "QEMU did not start")
        time.sleep(1)
        return run

    def assert_nothing_left(self, session):
        self.assertTrue(wait_for(lambda: not processes_of(session)), f"still there: {processes_of(session)}")
        left = [path for path in (self.home / "tmp").rglob("*")]
        left += [path for path in (self.home / "state").rglob("*") if path.is_file() and path.suffix != ".json"
                 and "results" not in path.parts]
        self.assertEqual(left, [])
        partial = [path for path in (self.home / "state").rglob("*") if path.name.startswith(".")
                   or path.suffix in (".tmp", ".part")]
        self.assertEqual(partial, [], "half-written results")

    def test_interrupt_ends_all_and_says_so(self):
        run = self.start_long()
        os.killpg(run.pid, signal.SIGINT)
        self.assertTrue(wait_for(lambda: run.poll() is not None), "still running after Ctrl-C")
        self.assertNotEqual(run.returncode, 0)
        self.assert_nothing_left(run.pid)

    def test_kill_of_the_harness_leaves_nothing(self):
        run = self.start_long()
        run.kill()
        run.wait()
        self.assert_nothing_left(run.pid)

    def test_kill_ends_machines_that_wait_for_a_scenario(self):
        """With strict starts the next scenario's process is made ahead."""
        run = self.start("--jobs", "1", "--start", "strict", self.scenario("long", LONG))
        self.assertTrue(wait_for(lambda: len(machines_of(run.pid)) == 2, 2 * GRACE_S), "no second QEMU")
        run.kill()
        run.wait()
        self.assert_nothing_left(run.pid)

    def test_death_of_qemu_is_error_with_its_last_output(self):
        run = self.start_long()
        os.kill(machines_of(run.pid)[0], signal.SIGKILL)
        out = run.communicate(timeout=GRACE_S)[0].decode()
        self.assertEqual(run.returncode, 2, out)
        self.assertIn("ERROR", out)
        self.assertIn("QEMU", out)
        self.assert_nothing_left(run.pid)


if __name__ == "__main__":
    unittest.main(verbosity=2)
