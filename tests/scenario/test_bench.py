#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The bench measures and writes the documented names. How fast anything is, no test asks."""

import json
import math
import unittest
from pathlib import Path

from common import StuntTest

DOCUMENTED = Path(__file__).parents[2] / "docs/reference/bench.md"
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

    def check_group(self, group, figures):
        """figures: for each name its comparators. All are in the documentation."""
        done = self.stunt("bench", "--quick", "--only", group, "--json", "-")
        self.assertEqual(done.returncode, 0, done.stderr)
        measured = json.loads(done.stdout)["figures"]
        names = {figure["name"]: [against["name"] for against in figure["comparators"]] for figure in measured}
        self.assertEqual(names, figures)
        documented = DOCUMENTED.read_text()
        for figure in measured:
            self.check_series(figure, figure["name"], figure["unit"])
            self.assertIn(f"| `{figure['name']}` | {group} | {figure['unit']} |", documented)
            for against in figure["comparators"]:
                self.check_series(against, against["name"], figure["unit"])
                self.assertIn(f"`{against['name']}`", documented)

    def test_starts(self):
        ways = ["strict", "strict-cold", "loadvm", "incoming", "boot"]
        self.check_group("warm", {"start": ways, "start.answer": ways, "start.command": ways})

    def test_scenarios(self):
        self.check_group("scenario", {"scenario": ["first", "strict", "boot"]})

    def test_experiments(self):
        self.check_group("experiments", {"experiments": ["one-worker", "strict", "boot"]})

    def test_machines_from_templates(self):
        self.check_group("events", {"events": ["off"]})
        self.check_group("faults", {"faults": ["never-matching"]})

    def test_serial_lines(self):
        ways = ["115200", "fifo", "16550A", "pci-serial"]
        self.check_group("uart", {"uart.accesses": ways, "uart.interrupts": ways, "uart.throughput": ways})

    def test_stock_device(self):
        self.check_group("irq", {"irq": ["nvme"], "irq.virtual": ["nvme"]})


if __name__ == "__main__":
    unittest.main(verbosity=2)
