#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Two runs with one seed are the same to the byte, also on a busy machine; another seed is another run."""

import json
import os
import re
import subprocess
import unittest
from pathlib import Path

from common import StuntTest

SCENARIOS = ["dma/lost-interrupt", "dma/four-channels"]
KINDS = ("boot", "strict", "turbo")
RANDOM = '''return scenario { summary = "random numbers of the guest", run = function(vm)
  vm:run{ "sh", "-c", "head -c 16 /dev/urandom | hexdump -v -e '1/1 \\"%02x\\"'" } end }
'''


class Determinism(StuntTest):
    def logs(self, *words):
        status, results = self.run_json("--jobs", "2", *words, *SCENARIOS)
        self.assertEqual(status, 0, results)
        return {name: Path(row["events"]).read_bytes() for name, row in results.items()}

    def busy(self):
        """Two processes that take what they can of the processors."""
        for _ in range(2):
            load = subprocess.Popen(["sh", "-c", "while :; do :; done"])
            self.addCleanup(load.wait)
            self.addCleanup(load.kill)

    def test_event_logs_are_byte_identical(self):
        first = self.logs("--seed", "7")
        self.busy()
        second = self.logs("--seed", "7")
        for name in SCENARIOS:
            self.assertGreater(first[name].count(b"dma0  job.done"), 0, name)
            self.assertEqual(first[name], second[name], f"{name}: the logs of two runs differ")

    def slow_halt(self):
        """From here on each QEMU's vCPU thread is slow to come back after a HLT (slow-halt.c)."""
        config = self.home / "slow-halt.conf"
        normal = Path(os.environ["STUNT_CONFIG"]).read_text()
        config.write_text(re.sub("^devices=.*", f"devices={os.environ['STUNT_SLOW_HALT']}", normal, flags=re.M))
        self.env["STUNT_CONFIG"] = str(config)

    def test_a_vcpu_thread_that_comes_back_late_from_a_halt_changes_nothing(self):
        normal = self.logs("--start", "boot")
        self.slow_halt()
        slow = self.logs("--start", "boot")
        for name in SCENARIOS:
            self.assertEqual(normal[name], slow[name], f"{name}: the main loop has seen it halt too early")

    def test_replay_finds_the_run_identical(self):
        _, results = self.run_json("--seed", "3", SCENARIOS[0])
        folder = Path(results[SCENARIOS[0]]["events"]).parent
        again = self.stunt("replay", folder)
        self.assertEqual(again.returncode, 0, again.stdout + again.stderr)
        self.assertIn("identical", again.stdout)

    def test_kinds_of_start_do_the_same(self):
        """Whatever the run was started with, a replay that starts otherwise finds it identical."""
        for saved, again in (("turbo", "boot"), ("boot", "strict"), ("strict", "turbo")):
            _, results = self.run_json("--start", saved, SCENARIOS[0])
            folder = Path(results[SCENARIOS[0]]["events"]).parent
            done = self.stunt("replay", "--start", again, folder)
            self.assertEqual(done.returncode, 0, f"{saved}, then {again}: {done.stdout}{done.stderr}")
            self.assertIn("identical", done.stdout)

    def random_numbers(self, kind, seed):
        """What each of two scenarios got, the second in the machine of the first where machines are kept."""
        paths = [self.scenario(name, RANDOM) for name in ("one", "two")]
        status, results = self.run_json("--jobs", "1", "--start", kind, "--seed", seed, *paths)
        self.assertEqual(status, 0, results)
        folders = [Path(row["events"]).parent for row in results.values()]
        self.assertEqual([json.loads((folder / "result.json").read_text())["start"] for folder in folders], [kind] * 2)
        found = [re.findall(r"  output  #\d+ ([0-9a-f]{32})$", (folder / "events.log").read_text(), re.M)
                 for folder in folders]
        self.assertEqual([len(numbers) for numbers in found], [1, 1], found)
        return [numbers[0] for numbers in found]

    def test_random_numbers_of_the_guest_follow_the_seed_alone(self):
        numbers = {seed: {kind: self.random_numbers(kind, seed) for kind in KINDS} for seed in (5, 6)}
        for seed, of in numbers.items():
            self.assertEqual(of, dict.fromkeys(KINDS, [of["boot"][0]] * 2), f"seed {seed}")
        self.assertNotEqual(numbers[5]["boot"], numbers[6]["boot"])

    def test_replay_shows_the_first_difference(self):
        _, results = self.run_json("--seed", "3", SCENARIOS[0])
        log = Path(results[SCENARIOS[0]]["events"])
        lines = log.read_text().splitlines(keepends=True)
        victim = next(i for i, line in enumerate(lines) if "job.done" in line)
        lines[victim] = lines[victim].replace("job.done", "job.gone")
        log.write_text("".join(lines))
        again = self.stunt("replay", log.parent)
        self.assertNotEqual(again.returncode, 0)
        self.assertIn("job.gone", again.stdout + again.stderr)


if __name__ == "__main__":
    unittest.main(verbosity=2)
