# SPDX-License-Identifier: GPL-2.0-or-later
"""Runs the built stunt command as a user would, with a home and results folder of the test's own."""

import json
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import unittest
from pathlib import Path

STUNT = os.environ["STUNT"]
KERNEL = ["--kernel", os.environ["STUNT_KERNEL"]] if "STUNT_KERNEL" in os.environ else []
TIMEOUT_S = 300
GRACE_S = 10
USERS_CACHE = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")


class StuntTest(unittest.TestCase):
    # A machine that has booted once serves all tests, as it does the user's scenarios. Who tests that has a cache of his own.
    own_cache = False

    def setUp(self):
        self.home = Path(tempfile.mkdtemp(prefix="stunt-test-"))
        self.addCleanup(shutil.rmtree, self.home)
        self.env = dict(os.environ, HOME=str(self.home), XDG_STATE_HOME=str(self.home / "state"),
                        XDG_CACHE_HOME=str(self.home / "cache") if self.own_cache else USERS_CACHE,
                        TMPDIR=str(self.home / "tmp"))
        (self.home / "tmp").mkdir()

    def stunt(self, *words, timeout=TIMEOUT_S):
        return subprocess.run([STUNT, *map(str, words)], env=self.env, capture_output=True, text=True, timeout=timeout)

    def run_json(self, *words):
        """stunt run with --json: (exit status, results by name)."""
        out = self.home / "out.json"
        done = self.stunt("run", *KERNEL, "--json", out, *words)
        document = json.loads(out.read_text())
        return done.returncode, {row["name"]: row for row in document["results"]}

    def kept(self, row):
        """The whole result, as in its folder."""
        return json.loads((Path(row["events"]).parent / "result.json").read_text())

    def start(self, *words):
        """stunt run in a session of its own, as a terminal has it; none of it outlives the test."""
        run = subprocess.Popen([STUNT, "run", *map(str, words)], env=self.env, stdout=subprocess.PIPE,
                               stderr=subprocess.STDOUT, start_new_session=True)
        self.addCleanup(run.stdout.close)
        self.addCleanup(run.wait)
        self.addCleanup(end_session, run.pid)
        return run

    def stopped_under_gdb(self, *words):
        """What stunt replay --gdb prints until the machine stands, or until it ends without that."""
        with socket.create_server(("127.0.0.1", 0)) as server:
            port = server.getsockname()[1]
        words = [STUNT, "replay", "--gdb", str(port), *map(str, words)]
        with subprocess.Popen(words, env=self.env, stdout=subprocess.PIPE, text=True) as replay:
            told = []
            for line in replay.stdout:
                told.append(line.rstrip("\n"))
                if "Ctrl-C" in line:
                    break
            replay.send_signal(signal.SIGINT)
            replay.communicate(timeout=30)
        return told

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


def workers_of(session):
    return [pid for pid in processes_of(session) if "_worker" in read_of(pid, "cmdline").split("\0")]


def machines_of(session):
    return [pid for pid in processes_of(session) if "qemu" in os.path.basename(read_of(pid, "cmdline").split("\0")[0])]


def read_of(pid, name):
    try:
        return Path(f"/proc/{pid}/{name}").read_text(errors="replace")
    except OSError:
        return ""


def end_session(session):
    for pid in processes_of(session):
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            pass


def wait_for(condition, seconds=GRACE_S):
    """What the condition gives as soon as that is true, or at last."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        got = condition()
        if got:
            return got
        time.sleep(0.02)
    return condition()
