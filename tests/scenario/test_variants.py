#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Each planted bug is caught by the scenarios that claim it, and the real driver by none; a run on a variant repeats."""

import json
import os
import re
import subprocess
import unittest
from pathlib import Path

from common import STUNT, StuntTest

BUGS = Path(os.environ["STUNT_BUGS"])
ALL = bool(os.environ.get("STUNT_ALL_BUGS"))
SHARE = 3
BUGS_AT_LEAST = 12
LOST = '''return scenario { summary = "test", machine = { dma0 = "dma" }, modules = { "stunt_dma" }, %s
  run = function(vm)
    %s
  end }
'''
DROP = '''vm.dma0:fault { at = "irq.raise", action = "drop" }
    vm:run("stunt-dma copy", { timeout = "2s" })'''




def some_bugs() -> list:
    """The tests of every day take each third bug; `stunt check variants` takes all."""
    names = re.findall(r"^\[(\w+)\]", BUGS.read_text(), re.M)
    return [] if ALL else [word for name in names[::SHARE] for word in ("--bug", name)]


class Variants(StuntTest):
    def test_every_bug_is_caught_and_the_real_driver_is_not(self):
        out = self.home / "table.json"
        done = self.stunt("variants", "--json", out, *some_bugs(), timeout=600)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        rows = json.loads(out.read_text())["rows"]
        self.assertGreaterEqual(len(rows) - 1, BUGS_AT_LEAST // (1 if ALL else SHARE))
        self.assertRegex(done.stdout.splitlines()[-1], f"^{len(rows)} passed, 0 failed$")

    def test_a_claim_that_is_not_true_fails(self):
        path = self.scenario("claims", LOST % ('catches = { "lost_watchdog" },', 'vm:run("stunt-dma copy")'))
        done = self.stunt("variants", path)
        self.assertEqual(done.returncode, 1, done.stdout + done.stderr)
        self.assertIn("claimed, but not caught by", done.stdout)
        self.assertIn("1 passed, 1 failed", done.stdout)

    def test_a_misspelt_claim_is_an_error_with_a_suggestion(self):
        path = self.scenario("claims", LOST % ('catches = { "lost_watchdgo" },', ""))
        status, results = self.run_json(path)
        self.assertEqual(status, 2)
        self.assertIn("did you mean 'lost_watchdog'?", list(results.values())[0]["reason"])

    def test_a_run_on_a_variant_repeats_as_one(self):
        path = self.scenario("lost", LOST % ("", DROP))
        status, results = self.run_json("--bug", "lost_watchdog", path)
        row = list(results.values())[0]
        self.assertEqual([status, row["status"]], [1, "FAIL"])
        self.assertEqual(self.kept(row)["bug"], "lost_watchdog")
        again = subprocess.run([STUNT, *row["replay"].split()[1:]], env=self.env, capture_output=True, text=True)
        self.assertIn("identical: ", again.stdout)
        self.assertEqual(again.returncode, 1)

    def test_a_variant_that_was_never_loaded_shows_nothing(self):
        path = self.scenario("other", 'return scenario { summary = "test", run = function(vm) vm:run("true") end }')
        status, results = self.run_json("--bug", "lost_watchdog", path)
        self.assertEqual(status, 2)
        self.assertIn("never loaded stunt_dma", list(results.values())[0]["reason"])


if __name__ == "__main__":
    unittest.main(verbosity=2)
