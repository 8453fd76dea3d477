#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""tools/new makes a device whose files agree with each other, and refuses what it cannot make."""
import pathlib
import shutil
import subprocess
import tempfile
import unittest

from toy import TOP

MADE = {
    "spec/devices/newdev.toml", "qemu-devices/newdev/newdev.c", "qemu-devices/newdev/meson.build",
    "guest-driver/newdev/newdev.c", "guest-driver/newdev/Kbuild", "scenarios/newdev/smoke.lua",
    "docs/devices/newdev.md", "include/stunt/regs/newdev.h",
}
EDITED = {"spec/ids.toml"}
COPIED = ("spec", "include", "tools/templates")


class New(unittest.TestCase):
    """Works on a copy of the parts of the tree that the tool needs."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="stunt-new-test-")
        self.addCleanup(folder.cleanup)
        self.root = pathlib.Path(folder.name)
        for name in COPIED:
            shutil.copytree(TOP / name, self.root / name)

    def tree(self):
        return {str(file.relative_to(self.root)): file.read_bytes()
                for file in self.root.rglob("*") if file.is_file()}

    def new(self, *words):
        return subprocess.run([TOP / "tools/new", "--root", self.root, "device", *words], capture_output=True,
                              text=True, check=False)

    def spec_tool(self, command):
        done = subprocess.run([self.root / "spec/gen/stunt-spec", command], capture_output=True, text=True,
                              check=False)
        self.assertEqual((done.returncode, done.stderr), (0, ""))

    def refused(self, *words):
        """The message of a refusal, which has changed nothing."""
        before = self.tree()
        done = self.new(*words)
        self.assertEqual((done.returncode, done.stdout), (1, ""))
        self.assertEqual(self.tree(), before)
        return done.stderr

    def test_makes_all_files_and_edits_the_list_of_ids(self):
        before = self.tree()
        done = self.new("newdev", "--title", "Toy of the test")
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        after = self.tree()
        self.assertEqual(set(after) - set(before), MADE)
        self.assertEqual({name for name in before if before[name] != after[name]}, EDITED)
        for name in MADE | EDITED:
            self.assertIn(name, done.stdout)

    def test_edits_one_line_a_file(self):
        before = self.tree()
        self.new("newdev")
        for name in EDITED:
            old, new = before[name].splitlines(), self.tree()[name].splitlines()
            self.assertEqual(len(new), len(old) + 1)
            self.assertEqual([line for line in new if line in old], old)

    def test_no_placeholder_is_left(self):
        self.new("newdev", "--title", "Toy of the test")
        for name in MADE:
            text = (self.root / name).read_text()
            self.assertNotRegex(text, r"@\w+@", name)
            self.assertTrue("newdev" in text or "NEWDEV" in text, name)

    def test_spec_is_good_and_header_fresh(self):
        self.new("newdev")
        self.spec_tool("check")
        self.spec_tool("fresh")

    def test_several_devices_get_different_ids(self):
        names = ["newdev", "newdev2", "a", "abcdefghijklmnop"]
        for name in names:
            self.assertEqual(self.new(name).returncode, 0, name)
        self.spec_tool("check")

    def test_bad_names(self):
        for name in ("Toy", "2toy", "to-y", "to_y", "to y", "", "../newdev", "newdev/x", "töy"):
            with self.subTest(name):
                self.assertIn(f"'{name}' is no name for a device", self.refused(name))
        self.assertIn("longer than 16 characters", self.refused("abcdefghijklmnopq"))

    def test_taken_names(self):
        self.assertIn("there is a device 'dma' already: spec/devices/dma.toml", self.refused("dma"))
        self.assertIn("the word has another use", self.refused("core"))

    def test_leftovers_of_a_device(self):
        (self.root / "docs/devices").mkdir(parents=True)
        (self.root / "docs/devices/newdev.md").write_text("mine")
        self.assertIn("there is a device 'newdev' already: docs/devices/newdev.md", self.refused("newdev"))
        (self.root / "docs/devices/newdev.md").unlink()
        ids = self.root / "spec/ids.toml"
        ids.write_text(ids.read_text() + "newdev = 0x5d77\n")
        self.assertIn("the id of 'newdev' is there already", self.refused("newdev"))

    def test_bad_titles(self):
        self.assertIn("the title must be one line", self.refused("newdev", "--title", 'a "b"'))
        self.assertIn("the title must be one line", self.refused("newdev", "--title", "a\nb"))
        self.assertIn("the title must be one line", self.refused("newdev", "--title", "a */ b"))
        self.assertIn("the title must be one line", self.refused("newdev", "--title", ""))
        self.assertIn("the title is longer than 60", self.refused("newdev", "--title", "a" * 61))


if __name__ == "__main__":
    unittest.main()
