# SPDX-License-Identifier: GPL-2.0-or-later
"""A small spec without fault, to be broken by the tests in one place at a time."""
import contextlib
import io
import pathlib
import sys
import tempfile
import unittest

sys.dont_write_bytecode = True
TOP = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(TOP / "spec/gen"))

from stuntspec.cli import main  # noqa: E402

IDS = """\
[pci]
vendor = 0x1234
subsystem_vendor = 0x1234
subsystem = 0x5d00

[pci.device]
toy = 0x5d10
"""

FAULTS = """\
[[class]]
name = "irq.raise"
id = 1
doc = "The device signals"
fields = ["vector", "mode"]

[[class]]
name = "reset"
id = 2
doc = "The device is reset"
fields = []

[[class]]
name = "job.start"
id = 3
doc = "Work begins"
fields = [ ]
of = "some"

[[action]]
name = "drop"
id = 1
on = ["irq.raise"]
doc = "It is lost"

[[action]]
name = "storm"
id = 2
on = ["any"]
doc = "It comes many times"
params = [{ name = "count", default = 1000 }, { name = "ns", default = 0xffffffffffffffff }]
"""

TOY = """\
# A comment with "quotes" and [brackets]
[device]
name = "toy"
title = "A \\"toy\\" with a # | in its title"
adjustable = ["speed"]

[pci]
class = 0x088000
msi = 2
msix = 2

[[bar]]
index = 0
name = "regs"
size = 0x1000
msix_table = 0x800
msix_pba = 0xc00

[[vector]]
name = "DONE"
index = 0
doc = "Work is done"

[[vector]]
name = "ERROR"
index = 1
doc = "Work failed"

[[enum]]
name = "OP"
doc = "Operations"
values = { COPY = 1, FILL = 2 }

[[struct]]
name = "desc"
doc = "A descriptor"
fields = [
  { name = "addr", type = "u64", doc = "Where" },
  { name = "len", type = "u32", doc = "How much" },
  { name = "pad", type = "u16", count = 2, doc = "0" },
]

[[register]]
name = "ID"
offset = 0x00
access = "ro"
reset = 0x594f54
doc = "The letters TOY"

[[register]]
name = "CTRL"
offset = 0x04
side_effect = true
doc = "Control"
fields = [
  { name = "ENABLE", bits = "0", access = "rw" },
  { name = "START", bits = "1", access = "w1s" },
  { name = "MODE", bits = "7:4", access = "rw", reset = 3, values = { SLOW = 1, FAST = 3 } },
]
reserved = ["3:2", "31:8"]

[[reserved]]
offset = 0x08
size = 0x8

[[register]]
name = "CH_BASE"
offset = 0x10
array = { count = 2, stride = 0x10 }
access = "rw"
doc = "Base of a channel"

[[register]]
name = "CH_STATUS"
offset = 0x14
array = { count = 2, stride = 0x10 }
volatile = true
doc = "State of a channel"
fields = [
  { name = "DONE", bits = "0", access = "w1c", doc = "Work is done" },
  { name = "CODE", bits = "15:8", access = "ro" },
]
reserved = ["7:1", "31:16"]

[[reserved]]
offset = 0x18
size = 0x8
array = { count = 2, stride = 0x10 }

[[register]]
name = "DOORBELL"
offset = 0x30
access = "wo"
side_effect = true
doc = "Starts work"
"""

FILES = {"ids.toml": IDS, "faults.toml": FAULTS, "devices/toy.toml": TOY}


class ToyCase(unittest.TestCase):
    """Gives each test a directory with the toy spec, and the generator's command line on it."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="stunt-spec-test-")
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.spec = self.folder / "spec"
        for name, text in FILES.items():
            self.write(name, text)

    def write(self, name, text):
        file = self.spec / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")

    def replace(self, name, old, new):
        """Replaces the only place of `old` in a file."""
        text = (self.spec / name).read_text(encoding="utf-8")
        self.assertEqual(text.count(old), 1, f"'{old}' must be exactly once in {name}")
        self.write(name, text.replace(old, new))

    def run_tool(self, *words):
        """Exit code, standard output and standard error of stunt-spec."""
        out, err = io.StringIO(), io.StringIO()
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            code = main(["--spec", str(self.spec), *map(str, words)])
        return code, out.getvalue(), err.getvalue()
