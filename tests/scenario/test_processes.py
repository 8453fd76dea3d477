#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Nothing outlives a run: not after Ctrl-C, not after kill -9, not when QEMU dies."""

import os
import signal
import subprocess
import time
import unittest
from pathlib import Path

from common import STUNT, StuntTest, processes_of

LONG = '''return scenario { summary = "busy for long", machine = { dma0 = "dma" }, deadline = "100000s",
  run = function(vm) vm:run{ "sh", "-c", "while :; do :; done" } end }
'''
GRACE_S = 10


class Processes(StuntTest):
    def start(self):
        """A run in a session of its own, as a terminal has it, with QEMU up."""
        run = subprocess.Popen([STUNT, "run", "--jobs", "1", self.scenario("long", LONG)], env=self.env,
                               stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True)
        self.addCleanup(run.stdout.close)
        self.addCleanup(run.wait)
        self.addCleanup(self._sweep, run.pid)
        self.assertTrue(self._wait(lambda: self._qemu(run.pid)), "QEMU did not start")
        time.sleep(1)
        return run

    @staticmethod
    def _qemu(session):
        return [pid for pid in processes_of(session) if "qemu" in os.path.basename(Processes._exe(pid))]

    @staticmethod
    def _exe(pid):
        try:
            return os.readlink(f"/proc/{pid}/exe")
        except OSError:
            return ""

    @staticmethod
    def _sweep(session):
        for pid in processes_of(session):
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                pass

    @staticmethod
    def _wait(condition):
        until = time.monotonic() + GRACE_S
        while time.monotonic() < until:
            if condition():
                return True
            time.sleep(0.05)
        return bool(condition())

    def assert_nothing_left(self, session):
        self.assertTrue(self._wait(lambda: not processes_of(session)), f"still there: {processes_of(session)}")
        left = [path for path in (self.home / "tmp").rglob("*")]
        left += [path for path in (self.home / "state").rglob("*") if path.is_file() and path.suffix != ".json"
                 and "results" not in path.parts]
        self.assertEqual(left, [])
        partial = [path for path in (self.home / "state").rglob("*") if path.name.startswith(".")
                   or path.suffix in (".tmp", ".part")]
        self.assertEqual(partial, [], "half-written results")

    def test_interrupt_ends_all_and_says_so(self):
        run = self.start()
        os.killpg(run.pid, signal.SIGINT)
        self.assertTrue(self._wait(lambda: run.poll() is not None), "still running after Ctrl-C")
        self.assertNotEqual(run.returncode, 0)
        self.assert_nothing_left(run.pid)

    def test_kill_of_the_harness_leaves_nothing(self):
        run = self.start()
        run.kill()
        run.wait()
        self.assert_nothing_left(run.pid)

    def test_death_of_qemu_is_error_with_its_last_output(self):
        run = self.start()
        os.kill(self._qemu(run.pid)[0], signal.SIGKILL)
        out = run.communicate(timeout=GRACE_S)[0].decode()
        self.assertEqual(run.returncode, 2, out)
        self.assertIn("ERROR", out)
        self.assertIn("QEMU", out)
        self.assert_nothing_left(run.pid)


if __name__ == "__main__":
    unittest.main(verbosity=2)
