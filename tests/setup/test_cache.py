#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The cache outside the clone: entries are whole or not there, made once, and made again when a maker was killed."""

import multiprocessing
import os
import shutil
import signal
import sys
import tempfile
import time
import unittest
from pathlib import Path

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "tools/setup"))

import cache  # noqa: E402
import progress  # noqa: E402


def slow_make(folder):
    (folder / "half").write_text("half")
    time.sleep(1)
    (folder / "made-by").write_text(str(os.getpid()))


def ask(name):
    cache.entry(name, "key", slow_make)


class Cache(unittest.TestCase):
    def setUp(self):
        self.home = Path(tempfile.mkdtemp(prefix="stunt-test-"))
        self.addCleanup(shutil.rmtree, self.home)
        os.environ["XDG_CACHE_HOME"] = str(self.home)
        self.needed, cache.NEEDED_BYTES = cache.NEEDED_BYTES, 0
        self.addCleanup(lambda: setattr(cache, "NEEDED_BYTES", self.needed))

    def test_two_at_once_make_an_entry_once(self):
        makers = [multiprocessing.Process(target=ask, args=("thing",)) for _ in range(2)]
        for maker in makers:
            maker.start()
        for maker in makers:
            maker.join(30)
            self.assertEqual(maker.exitcode, 0)
        made_by = int((cache.entry("thing", "key", self.fail) / "made-by").read_text())
        self.assertIn(made_by, [maker.pid for maker in makers])

    def test_killed_maker_leaves_no_entry_and_the_next_makes_it_anew(self):
        maker = multiprocessing.Process(target=ask, args=("thing",))
        maker.start()
        part = None
        while part is None:
            part = next((self.home / "stunt").glob("thing-*.part/half"), None)
        os.kill(maker.pid, signal.SIGKILL)
        maker.join()
        place = cache.entry("thing", "key", lambda folder: (folder / "whole").write_text("whole"))
        self.assertEqual([path.name for path in place.iterdir()], ["whole"])
        self.assertEqual(list((self.home / "stunt").glob("*.part")), [])

    def test_failed_maker_leaves_no_entry(self):
        with self.assertRaises(ZeroDivisionError):
            cache.entry("thing", "key", lambda folder: 1 / 0)
        self.assertFalse([path for path in (self.home / "stunt").glob("thing-*") if path.suffix != ".part"])

    def test_other_inputs_are_another_entry(self):
        first = cache.entry("thing", cache.key("a", ["b"]), lambda folder: None)
        second = cache.entry("thing", cache.key("a", ["c"]), lambda folder: None)
        self.assertNotEqual(first, second)
        self.assertEqual(first, cache.entry("thing", cache.key("a", ["b"]), self.fail))

    def test_too_little_room_is_said_before_anything_is_made(self):
        cache.NEEDED_BYTES = 1 << 60
        with self.assertRaisesRegex(OSError, "make room"):
            cache.entry("thing", "key", self.fail)

    def test_failing_step_shows_the_end_of_its_output_and_its_log(self):
        with self.assertRaises(progress.StepFailed) as caught:
            progress.run("trying", ["sh", "-c", "seq 100; echo the reason; exit 3"])
        text = str(caught.exception)
        self.assertIn("exit status 3", text)
        self.assertIn("| the reason", text)
        self.assertNotIn("| 50", text, "only the end")
        log = Path(text.rsplit("whole output: ", 1)[1])
        self.assertIn("50\n", log.read_text())

    def test_step_dies_with_the_set_up(self):
        def work():
            progress.run("sleeping", ["sleep", "1000.125"])

        runner = multiprocessing.Process(target=work)
        runner.start()

        def sleepers():
            found = []
            for entry in Path("/proc").glob("[0-9]*/cmdline"):
                try:
                    if b"1000.125" in entry.read_bytes():
                        found.append(entry)
                except OSError:
                    pass  # it has just ended
            return found

        until = time.monotonic() + 10
        while not sleepers() and time.monotonic() < until:
            time.sleep(0.05)
        self.assertTrue(sleepers())
        os.kill(runner.pid, signal.SIGKILL)
        runner.join()
        while sleepers() and time.monotonic() < until:
            time.sleep(0.05)
        self.assertEqual(sleepers(), [])


if __name__ == "__main__":
    unittest.main(verbosity=2)
