#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The bench measures and writes the documented names. How fast anything is, no test asks."""

import json
import math
import unittest

from common import StuntTest

SERIES = ["name", "what", "unit", "n", "min", "median", "max", "samples"]


class Bench(StuntTest):
    def check_series(self, series, name, unit):
        self.assertEqual((series["name"], series["unit"]), (name, unit))
        self.assertEqual(series["n"], len(series["samples"]))
        self.assertTrue(all(math.isfinite(sample) and sample > 0 for sample in series["samples"]), series)
        self.assertLessEqual(series["min"], series["median"])
        self.assertLessEqual(series["median"], series["max"])

    def test_idle(self):
        out = self.home / "bench.json"
        done = self.stunt("bench", "--quick", "--only", "idle", "--json", out)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertRegex(done.stdout, r"(?m)^idle +ms +\d")
        self.assertRegex(done.stdout, r"(?m)^  real-time +ms +30000\.00 ")
        document = json.loads(out.read_text())
        self.assertEqual(list(document), ["stunt", "quick", "figures"])
        self.assertIs(document["quick"], True)
        idle, = document["figures"]
        self.assertEqual(list(idle), [*SERIES, "comparators"])
        self.check_series(idle, "idle", "ms")
        against, = idle["comparators"]
        self.assertEqual(list(against), SERIES)
        self.check_series(against, "real-time", "ms")

    def test_json_to_stdout_is_only_json(self):
        done = self.stunt("bench", "--quick", "--only", "rendezvous", "--json", "-")
        self.assertEqual(done.returncode, 0, done.stderr)
        names = [figure["name"] for figure in json.loads(done.stdout)["figures"]]
        self.assertEqual(names, ["rendezvous"])
        self.assertIn("rendezvous", done.stderr)


if __name__ == "__main__":
    unittest.main(verbosity=2)
