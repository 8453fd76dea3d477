#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Programs that are built from source: only what is wanted of them stays, and they are built once."""

import contextlib
import io
import os
import shutil
import sys
import tempfile
import unittest
from pathlib import Path

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "tools/setup"))

import cache  # noqa: E402
import progress  # noqa: E402
import sources  # noqa: E402

ROW = {"name": "toy", "version": "1.0-1", "build": ["make", "tool"], "files": ["sub/tool"]}
MAKEFILE = "tool:\n\tmkdir -p sub && echo built > sub/tool && echo once >> ../../built\n"


class Archive:
    """In place of apt: one source package."""

    def __init__(self, makefile, version):
        self.makefile, self.version = makefile, version

    def versions(self, package):
        return [self.version] if package == "toy" else []

    def source(self, _title, _package, _version, folder):
        (folder / "src").mkdir()
        (folder / "src/Makefile").write_text(self.makefile)
        return folder / "src"


class Programs(unittest.TestCase):
    def setUp(self):
        self.home = Path(tempfile.mkdtemp(prefix="stunt-test-"))
        self.addCleanup(shutil.rmtree, self.home)
        os.environ["XDG_CACHE_HOME"] = str(self.home)
        for owner, name, value in ((cache, "NEEDED_BYTES", 0), (sources, "APT", Archive(MAKEFILE, "1.0-1")),
                                   (sources, "pins", lambda: {"source": [ROW]})):
            self.addCleanup(setattr, owner, name, getattr(owner, name))
            setattr(owner, name, value)

    def test_only_the_wanted_files_stay_and_are_built_once(self):
        (tool,) = sources.programs()
        self.assertEqual(tool.read_text(), "built\n")
        self.assertEqual([path.name for path in tool.parent.iterdir()], ["tool"])
        self.assertEqual(sources.programs(), [tool])
        self.assertEqual((self.home / "stunt/built").read_text(), "once\n")

    def test_version_that_has_left_the_archive_is_replaced_and_told(self):
        sources.APT.version = "1.0-2"
        with contextlib.redirect_stderr(io.StringIO()) as said:
            (tool,) = sources.programs()
        self.assertTrue(tool.exists())
        self.assertIn("taking 1.0-2", said.getvalue())

    def test_source_that_does_not_build_leaves_no_entry(self):
        sources.APT.makefile = "tool:\n\tfalse\n"
        with self.assertRaisesRegex(progress.StepFailed, "building toy"):
            sources.programs()
        self.assertEqual([path for path in (self.home / "stunt").glob("source-toy-*") if path.suffix != ".part"], [])


if __name__ == "__main__":
    unittest.main(verbosity=2)
