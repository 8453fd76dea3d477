#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""What can go wrong with kept machines: each time the scenarios run as ever, and the user is told what there is to tell."""

import json
import os
import shutil
import signal
import subprocess
import tempfile
import time
import unittest
from pathlib import Path

from common import GRACE_S, STUNT, StuntTest, TIMEOUT_S, machines_of, read_of, wait_for, workers_of

SCENARIO = '''%s
return scenario { summary = "test", machine = { dma0 = "dma", %s }, modules = { { "stunt_dma", "%s" } },
  run = function(vm) %s end }
'''
COPY = 'vm:run("stunt-dma copy --count %d")'
STATE, RAM, PAGES, TEXT = "state", "ram", "pages", "template.json"
SHARED = ".ram"


def copy_sparse(source, target):
    subprocess.run(["cp", "-a", "--sparse=always", source, target], check=True)


class Made:
    """A cache with one template, and the log of the scenario that it was made for; for all tests."""

    def __init__(self):
        self.home = Path(tempfile.mkdtemp(prefix="stunt-test-"))
        unittest.addModuleCleanup(shutil.rmtree, self.home)
        scenario = self.home / "one.lua"
        scenario.write_text(SCENARIO % ("", "", "", COPY % 1))
        env = dict(os.environ, HOME=str(self.home), XDG_STATE_HOME=str(self.home), XDG_CACHE_HOME=str(self.home))
        subprocess.run([STUNT, "run", scenario], env=env, check=True, capture_output=True, timeout=TIMEOUT_S)
        (log,) = self.home.rglob("events.log")
        self.log = log.read_bytes()
        (text,) = self.home.rglob(TEXT)
        self.folder, self.key = text.parent.parent, text.parent.name


def setUpModule():
    Templates.made = Made()


class Templates(StuntTest):
    """Each test begins with a copy of that cache."""

    own_cache = True

    def setUp(self):
        super().setUp()
        self.key = self.made.key
        self.folder = self.home / "cache/stunt/templates"
        self.place = self.folder / self.key
        self.folder.parent.mkdir(parents=True)
        copy_sparse(self.made.folder, self.folder)

    def case(self, name, body=COPY % 1, settings="", params="", head=""):
        return self.scenario(name, SCENARIO % (head, settings, params, body))

    def keys(self):
        return {path.name for path in self.folder.iterdir() if path.name != "lock" and path.suffix != SHARED}

    def shared(self):
        """Memory that is on offer: the inodes."""
        return {path.stat().st_ino for path in self.folder.glob("*" + SHARED)}

    def run_told(self, *words, around=()):
        """stunt run, perhaps by another program: (exit status, what people see, whole results in order)."""
        out = self.home / "out.json"
        done = subprocess.run([*map(str, around), STUNT, "run", "--jobs", "1", "--json", out, *map(str, words)], env=self.env,
                              capture_output=True, text=True, timeout=TIMEOUT_S)
        self.assertTrue(out.exists(), done.stderr)
        return done.returncode, done.stdout + done.stderr, self.results(out)

    def results(self, out):
        return [self.kept(row) for row in json.loads(out.read_text())["results"]]

    def assert_passed(self, told, warnings):
        """All passed with the log that they always have, where `warnings` were told, once each."""
        status, shown, results = told
        self.assertEqual(status, 0, shown)
        for result in results:
            self.assertEqual(result["status"], "PASS", shown)
            self.assertEqual(Path(result["events"]).read_bytes(), self.made.log)
        self.assertEqual(shown.count("warning:"), len(warnings), shown)
        for warning in warnings:
            self.assertEqual(shown.count("warning: " + warning), 1, shown)


class Damage(Templates):
    def test_damaged_is_told_and_made_anew(self):
        one = self.case("one")
        for name, damage, why in (
                (RAM, self.flip_last_byte, "the checksum of 'ram' is wrong"),
                (RAM, self.halve, "the checksum of 'ram' is wrong"),
                (STATE, Path.unlink, "a file of it cannot be opened: No such file or directory"),
                (TEXT, self.halve, "")):
            with self.subTest(file=name, damage=damage.__name__):
                damage(self.place / name)
                warning = f"a template was damaged and is made anew: {self.place}: {why}"
                told = self.run_told(one)
                self.assert_passed(told, [warning])
                self.assertIn(warning, told[2][0]["start_warning"])
                self.assertEqual(self.keys(), {self.key})
                self.assert_passed(self.run_told("--start", "strict", one), [])

    @staticmethod
    def flip_last_byte(path):
        """The last that is not in a hole."""
        with path.open("r+b") as file:
            at = file.seek(0, os.SEEK_DATA)
            file.seek(at)
            byte = file.read(1)[0]
            file.seek(at)
            file.write(bytes([byte ^ 1]))

    @staticmethod
    def halve(path):
        os.truncate(path, path.stat().st_size // 2)


class NoPlace(Templates):
    """Where nothing can be kept, machines boot, and one line says why."""

    def setUp(self):
        super().setUp()
        self.cases = [self.case("one"), self.case("two")]

    def not_kept(self, why):
        return f"templates are not kept in {self.folder}: {why}"

    def mounted(self, script):
        """A command before another: runs it with something mounted, for itself only."""
        if os.geteuid() or subprocess.run(["unshare", "-m", "true"], check=False).returncode:
            self.skipTest("mounts are for root")
        return ["unshare", "-m", "sh", "-ec", script + '; exec "$@"', "sh"]

    def read_only(self):
        cache = self.home / "cache"
        return self.mounted(f"mount --bind {cache} {cache}; mount -o remount,bind,ro {cache}")

    def test_full_disk(self):
        """Two machines have the same trouble."""
        other = self.case("other", settings='cmdline = "x.y=1"')
        status, shown, results = self.run_told(
            *self.cases, other, around=self.mounted(f"mount -t tmpfs -o size=8m none {self.home / 'cache'}"))
        self.assertEqual((status, [result["status"] for result in results]), (0, ["PASS"] * 3), shown)
        warning = self.not_kept("QEMU refused qom-set: cannot write main memory: No space left on device")
        self.assertEqual([result["start_warning"] for result in results], [warning, "", warning])
        self.assertEqual(shown.count("warning:"), 1, shown)
        self.assertIn("warning: " + warning, shown)

    def test_read_only_and_empty(self):
        shutil.rmtree(self.folder)
        self.assert_passed(self.run_told(*self.cases, around=self.read_only()), [self.not_kept("Read-only file system")])

    def test_read_only_with_a_template(self):
        """It is used."""
        for kind in ("turbo", "strict"):
            told = self.run_told("--start", kind, *self.cases, around=self.read_only())
            self.assert_passed(told, [])
            self.assertEqual([result["start"] for result in told[2]], [kind] * 2)

    def test_cache_is_a_file(self):
        shutil.rmtree(self.folder)
        self.folder.touch()
        self.assert_passed(self.run_told(*self.cases), [self.not_kept("Not a directory")])

    def test_no_permission(self):
        """Root may do everything, unless it gives that up."""
        around = []
        if not os.geteuid():
            around = ["setpriv", "--bounding-set=-dac_override,-dac_read_search"]
        shutil.rmtree(self.folder)
        self.folder.parent.chmod(0o555)
        self.addCleanup(self.folder.parent.chmod, 0o755)
        self.assert_passed(self.run_told(*self.cases, around=around), [self.not_kept("Permission denied")])

    def test_odd_name(self):
        """Nothing that reads options or lists takes it apart."""
        cache = self.home / "a cache, of=mine,,b"
        self.env["XDG_CACHE_HOME"] = str(cache)
        self.assert_passed(self.run_told(*self.cases), [])
        self.assertTrue((cache / "stunt/templates" / self.key).is_dir())
        self.assert_passed(self.run_told("--start", "strict", *self.cases), [])


class Making(Templates):
    def setUp(self):
        super().setUp()
        self.one = self.case("one")

    def booting(self, run):
        """Those of its machines that boot: only they have a kernel."""
        return {pid for pid in machines_of(run.pid) if "-kernel" in read_of(pid, "cmdline").split("\0")}

    def test_two_runs_at_once_boot_one_machine(self):
        shutil.rmtree(self.folder)
        runs = [self.start("--jobs", "1", self.one) for _ in range(2)]
        booted = set()
        while any(run.poll() is None for run in runs):
            booted = booted.union(*map(self.booting, runs))
            time.sleep(0.02)
        self.assertEqual([run.returncode for run in runs], [0, 0])
        self.assertEqual(len(booted), 1)
        self.assertEqual(len(list((self.home / "state").rglob("result.json"))), 2, "each has its own results")
        self.assertEqual(self.keys(), {self.key})

    def test_other_run_takes_over_from_one_that_is_killed(self):
        shutil.rmtree(self.folder)
        first = self.start("--jobs", "1", self.one)
        self.assertTrue(wait_for(lambda: self.booting(first)), "no boot")
        second = self.start("--jobs", "1", self.one)
        self.assertTrue(wait_for(lambda: workers_of(second.pid)), "no worker")
        time.sleep(0.2)
        self.assertFalse(self.booting(second), "it is not its turn")
        os.kill(first.pid, signal.SIGKILL)
        self.assertTrue(wait_for(lambda: self.booting(second)), "it waits for a dead one")
        shown = second.communicate(timeout=3 * GRACE_S)[0].decode()
        self.assertEqual(second.returncode, 0, shown)
        self.assertNotIn("warning", shown)
        self.assertEqual(self.keys(), {self.key})

    def test_leftover_of_a_killed_maker_is_replaced(self):
        self.place.rename(self.folder / (self.key + ".part"))
        copy_sparse(self.folder / (self.key + ".part"), self.folder / ("f" * 32 + ".part"))
        self.assert_passed(self.run_told(self.one), [])
        self.assertEqual(self.keys(), {self.key})

    def test_limit_leaves_the_one_in_use(self):
        self.env["STUNT_TEMPLATES_MIB"] = "1"
        status, shown, results = self.run_told(self.case("other", settings='cmdline = "x.y=1"'), self.one)
        self.assertEqual(status, 0, shown)
        self.assertEqual([result["start_warning"] for result in results], ["", ""])
        self.assertEqual(len(self.keys()), 1)

    def test_memory_is_shared(self):
        """Machines of one kernel have one file of it, and what differs; the last of them takes it along."""
        others = [self.case(f"other{i}", settings=f'cmdline = "x.y={i}"') for i in range(2)]
        status, shown, results = self.run_told("--start", "strict", *others, self.one)
        self.assertEqual((status, [result["start"] for result in results]), (0, ["strict"] * 3), shown)
        self.assertEqual({(self.folder / key / RAM).stat().st_ino for key in self.keys()}, self.shared())
        self.assertEqual([(self.folder / key / PAGES).exists() for key in sorted(self.keys(), key=self.key.__ne__)],
                         [False, True, True])
        used = sum(path.stat().st_blocks * 512 for key in self.keys() for path in (self.folder / key).glob(PAGES))
        self.assertLess(used, (self.place / RAM).stat().st_blocks * 512 / 2)
        shutil.rmtree(self.folder / self.key)
        status, shown, _ = self.run_told(*others)
        self.assertEqual(status, 0, shown)
        self.assertNotIn("warning", shown)
        for key in self.keys():
            shutil.rmtree(self.folder / key)
        shared = self.shared()
        self.assert_passed(self.run_told(self.one), [])
        self.assertEqual((self.place / RAM).stat().st_ino, *shared)

    def test_what_shapes_a_machine_is_in_its_name(self):
        config = self.home / "stunt.conf"
        devices = self.home / "stunt-devices.so"
        lines = Path(os.environ["STUNT_CONFIG"]).read_text().splitlines()
        (line,) = [line for line in lines if line.startswith("devices=")]
        shutil.copy(line.removeprefix("devices="), devices)
        config.write_text("\n".join(f"devices={devices}" if each == line else each for each in lines) + "\n")
        self.assert_passed(self.run_told("--config", config, self.one), [])
        self.assertEqual(self.keys(), {self.key}, "the same file at another place")
        with devices.open("ab") as file:
            file.write(b"\0")
        self.assert_passed(self.run_told("--config", config, self.one), [])
        self.assertEqual(len(self.keys()), 2, "another build of the devices")
        status, shown, _ = self.run_told(self.case("parameters", params="watchdog_ms=100"))
        self.assertEqual(status, 0, shown)
        self.assertEqual(len(self.keys()), 3, "parameters of a module")


class Gate:
    """A Lua module that scenarios wait for: each reading of it is answered by the test."""

    def __init__(self, folder):
        self.path = folder / "gate.lua"
        os.mkfifo(self.path)

    def wait(self):
        """Until somebody reads. Later readers wait for the next answer."""
        self.fd = wait_for(self.open, 3 * GRACE_S)
        assert self.fd, "nobody came"
        self.path.unlink()
        os.mkfifo(self.path)

    def open(self):
        try:
            return os.open(self.path, os.O_WRONLY | os.O_NONBLOCK)
        except OSError:
            return None  # no reader

    def answer(self, text):
        os.write(self.fd, text.encode())
        os.close(self.fd)


class Running(Templates):
    """A second scenario stops at a gate; something happens; it goes on."""

    AT_LOADING = 'require "gate"'

    def begin(self, *words):
        self.gate = Gate(self.home)
        self.out = self.home / "out.json"
        return self.start("--jobs", "1", "--json", self.out, *words)

    def pass_gate(self, text="return true"):
        self.gate.wait()
        self.gate.answer(text)

    def finish(self, run):
        shown = run.communicate(timeout=3 * GRACE_S)[0].decode()
        return run.returncode, shown, self.results(self.out)

    def kill_machine(self, run):
        (machine,) = machines_of(run.pid)
        os.kill(machine, signal.SIGKILL)
        self.assertTrue(wait_for(lambda: not machines_of(run.pid)))

    def test_template_is_removed_under_a_run(self):
        run = self.begin("--start", "strict", self.case("one"), self.case("two", head=self.AT_LOADING), self.case("three"))
        self.pass_gate()  # the command itself reads the files for their machines
        self.gate.wait()
        shutil.rmtree(self.folder)
        self.gate.answer("return true")
        told = self.finish(run)
        self.assert_passed(told, [])
        self.assertEqual([result["start"] for result in told[2]], ["strict"] * 3)

    def test_machine_dies_between_scenarios(self):
        run = self.begin(self.case("one"), self.case("two", head=self.AT_LOADING))
        self.pass_gate()
        self.gate.wait()
        self.kill_machine(run)
        self.gate.answer("return true")
        told = self.finish(run)
        self.assert_passed(told, ["the machine could not be put back, a fresh one is used: "])
        self.assertIn("a fresh one is used", told[2][1]["start_warning"])

    def test_machine_dies_in_a_scenario(self):
        """Its ERROR is checked by a strict run as any other bad verdict."""
        run = self.begin(self.case("one"), self.case("two", 'require "gate" ' + COPY % 1))
        self.gate.wait()
        self.kill_machine(run)
        self.gate.answer("return true")
        self.pass_gate()
        status, shown, (one, two) = self.finish(run)
        self.assertEqual((status, one["status"], two["status"]), (2, "PASS", "ERROR"), shown)
        self.assertRegex(two["reason"], r"^turbo and strict differ: turbo ERROR \(.*QEMU.*\), strict PASS; first difference")

    def test_turbo_and_strict_differ(self):
        """The script depends on what changes outside of the run, as a machine's state must not."""
        body = COPY % 1 + ' expect.equal(require "gate", true) ' + COPY % 2
        run = self.begin(self.case("one"), self.case("two", body))
        self.pass_gate("return false")
        self.pass_gate("return true")
        status, shown, (one, two) = self.finish(run)
        self.assertEqual((status, one["status"], two["status"]), (2, "PASS", "ERROR"), shown)
        self.assertRegex(two["reason"], r"^turbo and strict differ: turbo FAIL \(.*\), strict PASS; first difference in line")
        self.assertIn(two["reason"], shown)
        self.assertRegex(shown, r"(?m)^ +turbo: .*\n +strict: .*\n +turbo run:$")
        folder = Path(two["events"]).parent
        turbo, strict = [(folder / name).read_text() for name in ("events.log", "events-strict.log")]
        self.assertEqual([log.count("  job.done  ") for log in (turbo, strict)], [1, 3])


if __name__ == "__main__":
    unittest.main(verbosity=2)
