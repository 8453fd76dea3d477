# SPDX-License-Identifier: GPL-2.0-or-later
"""Runs the built stunt command as a user would, with a home and results folder of the test's own."""

import json
import os
import shutil
import subprocess
import tempfile
import unittest
from pathlib import Path

STUNT = os.environ["STUNT"]
TIMEOUT_S = 300


class StuntTest(unittest.TestCase):
    def setUp(self):
        self.home = Path(tempfile.mkdtemp(prefix="stunt-test-"))
        self.addCleanup(shutil.rmtree, self.home)
        self.env = dict(os.environ, HOME=str(self.home), XDG_STATE_HOME=str(self.home / "state"),
                        TMPDIR=str(self.home / "tmp"))
        (self.home / "tmp").mkdir()

    def stunt(self, *words):
        return subprocess.run([STUNT, *map(str, words)], env=self.env, capture_output=True, text=True, timeout=TIMEOUT_S)

    def run_json(self, *words):
        """stunt run with --json: (exit status, results by name)."""
        out = self.home / "out.json"
        done = self.stunt("run", "--json", out, *words)
        document = json.loads(out.read_text())
        return done.returncode, {row["name"]: row for row in document["results"]}

    def scenario(self, name, body):
        """Writes a scenario file of the test's own and returns its path."""
        path = self.home / f"{name}.lua"
        path.write_text(body)
        return path


def processes_of(session):
    """Ids of the living processes of a session (see proc(5), stat): a command's children and theirs, also orphans."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                state, _, _, of = (entry / "stat").read_text().rsplit(")", 1)[1].split()[:4]
            except OSError:
                continue  # it has just ended
            if int(of) == session and state != "Z":
                found.append(int(entry.name))
    return found
