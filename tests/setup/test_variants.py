#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""
Planted bugs: the table is read strictly, each name of it is in the variant of the module, and nothing of any is left in the
module itself. usage: test_variants.py BUGS.INI MODULES.LIST …
"""

import configparser
import subprocess
import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "guest-driver"))
import bugs  # noqa: E402

BUGS, LISTS = Path(sys.argv[1]), sys.argv[2:]
TABLE = """#define STUNT_TOY_BUGS(BUG) \\
\tBUG(early, "order", \\
\t    "does it too early") \\
\tBUG(late, "order", "does it too late")
"""


def output(*command) -> str:
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def modules(listing: str) -> dict:
    """Paths of one kernel's modules by folder and name."""
    paths = [Path(line.split(maxsplit=1)[1]) for line in Path(listing).read_text().splitlines()]
    return {(path.parent.name == "variants", path.stem): path for path in paths}


class Modules(unittest.TestCase):
    def setUp(self):
        self.bugs = configparser.ConfigParser()
        self.bugs.read(BUGS)
        self.assertTrue(self.bugs.sections())

    def test_variant_has_every_bug_under_the_name_of_the_module(self):
        for listing in LISTS:
            for bug in self.bugs.sections():
                path = modules(listing)[True, self.bugs[bug]["module"]]
                self.assertIn(bug, output("strings", path).split())
                self.assertEqual(output("modinfo", "-F", "name", path).strip(), self.bugs[bug]["module"])
                self.assertIn("bug:", output("modinfo", "-F", "parm", path))

    def test_nothing_is_left_in_the_module(self):
        for listing in LISTS:
            for module in {self.bugs[bug]["module"] for bug in self.bugs.sections()}:
                path = modules(listing)[False, module]
                words = output("strings", path).split()
                self.assertFalse([bug for bug in self.bugs.sections() if bug in words])
                self.assertNotIn("bug:", output("modinfo", "-F", "parm", path))
                # What chooses a bug is one variable: without it there is no choice.
                self.assertNotIn("_bug", output("nm", path))
                self.assertIn("_bug", output("nm", modules(listing)[True, module]))


class Table(unittest.TestCase):
    def test_rows_over_several_lines(self):
        self.assertEqual(bugs.read_table(TABLE), [("early", "order", "does it too early"),
                                                  ("late", "order", "does it too late")])
        self.assertIn("[late]\nmodule=toy\nclass=order\nsummary=does it too late\n",
                      bugs.key_file({"toy": bugs.read_table(TABLE)}))

    def test_what_is_refused(self):
        for text, why in (("", "no table"),
                          (TABLE.replace("BUG(late", "BUG(a"), "alphabetical"),
                          (TABLE.replace("BUG(late", "BUG(early"), "alphabetical"),
                          (TABLE.replace('"does it too late"', "TOO_LATE"), 'not BUG(name, "class"')):
            with self.assertRaisesRegex(bugs.Malformed, why.replace("(", "\\(")):
                bugs.read_table(text)

    def test_a_name_belongs_to_one_module(self):
        with self.assertRaisesRegex(bugs.Malformed, "a bug of a and of b"):
            bugs.key_file({"a": bugs.read_table(TABLE), "b": bugs.read_table(TABLE)})


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1], verbosity=2)
