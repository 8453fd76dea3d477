#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""test_cli.py STUNT: the command without a machine. What would be QEMU is a script that misbehaves."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import unittest
import xml.etree.ElementTree
from pathlib import Path

HERE = Path(__file__).resolve().parent
STUNT = os.path.abspath(sys.argv.pop(1))
TIMEOUT_S = 30

CONFIG = """[paths]
qemu={0}/qemu
firmware={0}/firmware
devices={0}/devices.so
spec={1}/data/spec.lua
scenarios={0}/scenarios
[kernel 6.1]
release=6.1.0-1-test
kernel={0}/bzimage
initrd={0}/initrd
[defaults]
kernel=6.1
"""
GOOD = """return scenario {
  summary = "%s",
  machine = { toy0 = { type = "toy", ["speed"] = 3 }, toy1 = "toy", memory = 128 },
  modules = { "one", { "two", "a=1" } },
  deadline = "30s",
  oracle = { allow = { "toy: lost" }, misuse = { toy0 = 2, toy1 = true } },
  run = function(vm) end,
}
"""
BROKEN = "return scenario {\n  summary = = 1,\n}\n"


class CliTest(unittest.TestCase):
    maxDiff = None

    def setUp(self):
        self.dir = Path(tempfile.mkdtemp(prefix="stunt-cli-"))
        self.addCleanup(shutil.rmtree, self.dir)
        for name in ("bzimage", "initrd", "devices.so"):
            (self.dir / name).write_bytes(b"")
        (self.dir / "firmware").mkdir()
        self.write("stunt.conf", CONFIG.format(self.dir, HERE))
        self.write("scenarios/toy/first.lua", GOOD % "the first of them")
        self.write("scenarios/toy/second.lua", GOOD % "the second of them")
        self.env = dict(os.environ, HOME=str(self.dir), XDG_STATE_HOME=str(self.dir / "state"), XDG_CACHE_HOME=str(self.dir / "cache"),
                        STUNT_CONFIG=str(self.dir / "stunt.conf"), LC_ALL="C.UTF-8")

    def write(self, name, text, mode=0o644):
        path = self.dir / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        path.chmod(mode)
        return path

    def fake_qemu(self, body):
        self.write("qemu", "#!/bin/sh\n" + body, 0o755)

    def stunt(self, *words):
        return subprocess.run([STUNT, *map(str, words)], env=self.env, cwd=self.dir, capture_output=True,
                              text=True, timeout=TIMEOUT_S)

    def refused(self, words, *expected, status=64):
        done = self.stunt(*words)
        self.assertEqual(done.returncode, status, done.stdout + done.stderr)
        for text in expected:
            self.assertIn(text, done.stderr)
        self.assertEqual(done.stdout, "")

    def golden(self, name, text):
        file = HERE / "golden" / name
        text = text.replace(str(self.dir), "DIR")
        if os.environ.get("STUNT_UPDATE_GOLDEN"):
            file.write_text(text)
        self.assertEqual(text, file.read_text())


class Usage(CliTest):
    def test_version(self):
        self.assertRegex(self.stunt("--version").stdout, r"^stunt \d+\.\d+")

    def test_help_lists_every_command_and_each_has_help(self):
        shown = self.stunt("--help")
        commands = re.findall(r"^  (\w+) ", shown.stdout, re.M)
        self.assertEqual(commands, ["run", "list", "describe", "replay", "events", "grid", "shell", "variants", "faults", "campaign", "bench",
                                    "doctor", "check"])
        for command in commands:
            one = self.stunt(command, "--help")
            self.assertEqual(one.returncode, 0)
            self.assertIn(f"stunt {command}", one.stdout)

    def test_describe_live_wants_what_makes_sense(self):
        self.refused(["describe", "--end", "toy/first"], "--end, --json and --kernel are for --live")
        self.refused(["describe", "--json"], "are for --live")
        self.refused(["describe", "--live", "--end"], "--end needs a scenario")
        self.refused(["describe", "--live", "toy"], "'toy' are 2")
        self.refused(["describe", "--live", "toy/frist"], "did you mean 'toy/first'?")
        self.refused(["describe", "--live", "--kernel", "5.4", "toy/first"], "6.1")
        self.fake_qemu("echo the reason >&2\nexit 3\n")
        self.refused(["describe", "--live", "toy/first"], "the reason", status=2)
        self.refused(["describe", "--live", "--end", "toy/first"], "the scenario did not come to its end", "the reason", status=2)

    def test_help_is_narrow(self):
        for command in ([], ["run"], ["replay"], ["describe"], ["events"], ["grid"], ["faults"], ["campaign"]):
            widest = max(len(line) for line in self.stunt(*command, "--help").stdout.splitlines())
            self.assertLess(widest, 80, command)

    def test_mistakes_are_explained(self):
        self.refused([], "a command is missing")
        self.refused(["rnu"], "unknown command 'rnu', did you mean 'run'?")
        self.refused(["--frobnicate"], "unknown option '--frobnicate'")
        self.refused(["run", "--sed", "3"], "Unknown option --sed", "stunt run --help")
        self.refused(["run", "--seed", "x"], "--seed")
        self.refused(["run", "--seed", "-3"], "not negative")
        self.refused(["run", "--jobs", "-1"], "not negative")
        self.refused(["run", "--start", "trubo"], "--start", "'trubo', did you mean 'turbo'?", "stunt run --help")
        self.refused(["run", "--start", "warm"], "'warm'", "boot, strict, turbo")
        self.refused(["run", "--iommu", "perhaps"], "--iommu", "'on' or 'off'", "perhaps")
        self.refused(["run", "--verify-resets", "-1"], "--verify-resets", "not negative")
        self.refused(["run", "--verify-resets", "often"], "--verify-resets")
        self.refused(["run", "toy/frist"], "no scenario 'toy/frist', did you mean 'toy/first'?")
        self.refused(["run", "--filter", "nothing"], "no scenario matches 'nothing'")
        self.refused(["run", "--kernel", "5.4"], "no kernel '5.4'; there are: 6.1 (6.1.0-1-test)")
        self.refused(["describe", "irq.rise"], "nothing is called 'irq.rise', did you mean 'irq.raise'?")
        self.refused(["describe", "a", "b"], "one name at a time")
        self.refused(["events"], "one RESULT is needed")
        self.refused(["events", "toy/first", "--class", "rest"],
                     "unknown event class 'rest', did you mean 'reset'?")
        self.refused(["events", "toy/first"], "no result 'toy/first'")
        self.refused(["events", "--follow", "--cell", "1", "toy/first"], "leave --follow out")
        self.refused(["events", "--cell", "one", "toy/first"], "--cell", "one")
        self.refused(["grid"], "one RESULT is needed")
        self.refused(["grid", "toy/first"], "no result 'toy/first'")
        self.refused(["replay", "--cell", "1", "toy/first"], "give --gdb, too")
        self.refused(["replay", "--gdb", "12ab", "toy/first"], "'12ab' is no port")
        self.refused(["replay", "toy/first"], "no result 'toy/first'")
        self.refused(["replay", "--start", "stirct", "toy/first"], "'stirct', did you mean 'strict'?")
        self.refused(["replay", "--gdb=1234", "--start", "turbo", "toy/first"], "--gdb boots", "--start")
        self.refused(["bench", "--only", "idel"], "no figures are called 'idel', did you mean 'idle'?")
        self.refused(["bench", "--json", self.dir / "none/out.json"], "none", "no folder to write")
        self.refused(["bench", "idle"], "takes no arguments", "--only")
        self.refused(["_worker"], "only for stunt itself")

    def test_configuration_is_needed(self):
        self.env["STUNT_CONFIG"] = str(self.dir / "none.conf")
        self.refused(["list"], "none.conf", status=2)
        self.assertEqual(self.stunt("--config", self.dir / "stunt.conf", "list").returncode, 0)
        self.assertEqual(self.stunt("list", f"--config={self.dir / 'stunt.conf'}").returncode, 0)

    def test_kernel_file_without_headers(self):
        image = bytearray(0x1000)
        image[0x202:0x206] = b"HdrS"
        image[0x20f] = 0x04
        image[0x600:0x60a] = b"9.9.9-none"
        (self.dir / "vmlinuz").write_bytes(image)
        self.refused(["run", "--kernel", "./vmlinuz"], "its headers are not there", "linux-headers-9.9.9-none",
                     status=2)

    def test_doctor_tells_of_templates(self):
        self.env["STUNT_TEMPLATES_MIB"] = "77"
        folder = self.dir / "cache/stunt/templates"
        self.assertRegex(self.stunt("doctor").stdout, rf"(?m)^ok +templates +0 in {folder}, 0 MiB of at most 77$")
        self.write("cache/stunt/templates/abc/template.json", "{}")
        self.write("cache/stunt/templates/abc/ram", "x" * (3 << 20))
        self.assertRegex(self.stunt("doctor").stdout, rf"(?m)^ok +templates +1 in {folder}, 3 MiB of at most 77$")

    def test_limit_of_templates_is_a_number(self):
        for value in ("abc", "4G", "-1", "99999999999"):
            self.env["STUNT_TEMPLATES_MIB"] = value
            self.refused(["run", "toy/first"], f"STUNT_TEMPLATES_MIB is '{value}'", "a number of MiB, such as 4096")
            told = self.stunt("doctor")
            self.assertRegex(told.stdout, rf"(?m)^missing +templates +STUNT_TEMPLATES_MIB is '{value}'")

    def test_check_says_where_it_works(self):
        self.refused(["check"], "./stunt check", status=2)


class Files(CliTest):
    def test_list(self):
        shown = self.stunt("list")
        self.assertEqual(shown.stdout, "toy/first   the first of them\ntoy/second  the second of them\n")
        self.assertEqual(shown.returncode, 0)

    def test_list_shows_a_broken_file_and_the_others(self):
        self.write("scenarios/toy/broken.lua", BROKEN)
        shown = self.stunt("list")
        self.assertEqual(shown.returncode, 2)
        self.assertIn("toy/broken  ERROR: scenarios/toy/broken.lua:2: unexpected symbol near '='",
                      shown.stdout)
        self.assertIn("the second of them", shown.stdout)

    def test_faults(self):
        """From the files alone: a pair without a scenario is told, and fails."""
        proves = 'proves = { ["irq.raise drop"] = "it waits" }'
        self.write("scenarios/toy/third.lua", f'return scenario {{ summary = "x", {proves}, run = print }}\n')
        shown = self.stunt("faults")
        self.assertEqual(shown.returncode, 1, shown.stderr)
        self.assertRegex(shown.stdout, r"(?m)^irq.raise +drop +toy/third  it waits$")
        self.assertRegex(shown.stdout, r"(?m)^irq.raise +mark +no scenario proves it$")
        self.assertRegex(shown.stdout, r"(?m)^link.ask +mark +no scenario")
        self.assertNotRegex(shown.stdout, r"(?m)^dma.read", "no device here has it")
        self.assertRegex(shown.stdout, r"(?m)^1 of \d+ pairs of event class and action are proved$")
        self.assertNotIn("toy/third", self.stunt("faults", "--missing").stdout)
        out = self.dir / "faults.json"
        one = self.stunt("faults", "--json", out, "toy/third")
        self.assertEqual((one.returncode, one.stdout.splitlines()[-1]), (0, "1 of 1 pairs of event class and action are proved"))
        (pair,) = json.loads(out.read_text())["pairs"]
        self.assertEqual(pair, {"at": "irq.raise", "action": "drop", "proved": True, "scenarios": [
            {"scenario": "toy/third", "what": "it waits", "status": "", "fired": 0}]})
        self.fake_qemu("echo the reason >&2\nexit 3\n")
        ran = self.stunt("faults", "--run", "toy/third")
        self.assertEqual(ran.returncode, 1)
        self.assertRegex(ran.stdout, r"(?m)^irq.raise +drop +ERROR +0 fired +toy/third  it waits$")
        self.assertIn("0 of 1 pairs", ran.stdout)

    RULE = '[[rule]]\ndevice = "%s"\nat = "irq.raise"\naction = "drop"\n'

    def test_a_plan_is_judged_before_anything_runs(self):
        self.fake_qemu("echo started >&2\nexit 3\n")
        self.write("scenarios/toy/third.lua", 'return scenario { summary = "x", machine = { toy0 = "toy" }, run = print }\n')
        for text, told in (("[[rule]]\ndevise = 1\n", "p.toml:2:1: a rule has no 'devise', did you mean 'device'?"),
                           (self.RULE % "toy7", "p.toml: no machine of these scenarios has a device 'toy7'"),
                           (self.RULE % "toy0" + "nth = 0\n", "p.toml:1:3: nth: counting starts at 1"),
                           (self.RULE % "toy0" + "match = { vector = 'DNE' }\n", "p.toml:5:20: toy has no vector 'DNE', did you mean 'DONE'?")):
            self.write("p.toml", text)
            self.refused(["run", "--plan", "p.toml", "toy/third"], told)
        self.refused(["run", "--plan", "none.toml", "toy/third"], "--plan: ", "none.toml")

    def test_campaign_wants_what_makes_sense(self):
        self.refused(["campaign", "--plans", "0"], "--plans takes a number from 1")
        self.refused(["campaign", "--rules", "17"], "--rules one from 1 to 16")
        self.refused(["campaign", "--seed", "-1"], "not negative")
        self.refused(["campaign"], "no scenario 'campaign'")
        self.refused(["campaign", "toy/first"], "no device that faults are known of")

    def test_describe(self):
        for name, golden in (("toy/first", "scenario"), ("toy", "device"), ("irq.raise", "class"),
                             ("delay", "action"), ("vm:spawn", "function")):
            shown = self.stunt("describe", name)
            self.assertEqual(shown.returncode, 0, shown.stderr)
            self.golden(f"describe-{golden}.txt", shown.stdout)

    def test_describe_without_a_name_tells_all(self):
        shown = self.stunt("describe").stdout
        for name in ("toy", "irq.raise", "wrong-vector"):
            self.assertRegex(shown, rf"(?m)^  {re.escape(name)} +\w")

    def test_describe_of_a_broken_scenario(self):
        self.write("scenarios/toy/broken.lua", BROKEN)
        self.refused(["describe", "toy/broken"], "scenarios/toy/broken.lua:2:")


class Runs(CliTest):
    def test_syntax_error_is_error_with_file_and_line(self):
        path = self.write("mine.lua", BROKEN)
        done = self.stunt("run", path)
        self.assertEqual(done.returncode, 2)
        self.assertRegex(done.stdout, r"(?m)^ERROR ")
        self.assertIn("mine.lua:2: unexpected symbol near '='", done.stdout)
        self.assertTrue(done.stdout.endswith("\n0 passed, 1 failed\n"), done.stdout)

    def test_missing_qemu_is_error(self):
        done = self.stunt("run", "toy/first")
        self.assertEqual(done.returncode, 2)
        self.assertIn(f"{self.dir}/qemu", done.stdout)

    def test_qemu_that_dies_is_error_with_its_last_output(self):
        self.fake_qemu("echo 'the machine is on strike' >&2\nexit 3\n")
        done = self.stunt("run", "toy/first")
        self.assertEqual(done.returncode, 2)
        self.assertIn("the machine is on strike", done.stdout)

    def test_reports_and_results(self):
        self.fake_qemu("echo 'no <machine> & no \"hope\"' >&2\nexit 3\n")
        done = self.stunt("run", "--seed", "9", "--json", "out.json", "--junit", "out.xml",
                          "--results", "kept")
        self.assertEqual(done.returncode, 2)
        results = json.loads((self.dir / "out.json").read_text())["results"]
        self.assertEqual([(row["name"], row["status"], row["seed"]) for row in results],
                         [("toy/first", "ERROR", 9), ("toy/second", "ERROR", 9)])
        suite = xml.etree.ElementTree.parse(self.dir / "out.xml").getroot()[0]
        self.assertEqual((suite.get("tests"), suite.get("errors")), ("2", "2"))
        kept = self.dir / "kept/latest/toy/first"
        self.assertEqual(sorted(path.name for path in kept.iterdir()),
                         ["events.log", "kernel.log", "result.json"])
        self.assertEqual(Path(results[0]["events"]).resolve(), (kept / "events.log").resolve())
        self.assertTrue(results[0]["replay"].startswith("stunt replay "))

    def test_ktap_and_json_own_the_output(self):
        self.fake_qemu("exit 3\n")
        done = self.stunt("run", "--ktap")
        self.assertRegex(done.stdout, r"\AKTAP version 1\n1\.\.2\n")
        self.assertEqual(re.findall(r"(?m)^not ok \d+ (\S+)$", done.stdout), ["toy/first", "toy/second"])
        self.assertTrue(done.stderr.endswith("0 passed, 2 failed\n"))
        done = self.stunt("run", "--json", "-")
        self.assertEqual(len(json.loads(done.stdout)["results"]), 2)

    def test_filter(self):
        self.fake_qemu("exit 3\n")
        for text, number in (("first", 1), ("toy/*", 2), ("*nd", 1)):
            done = self.stunt("run", "--filter", text)
            self.assertTrue(done.stdout.endswith(f"0 passed, {number} failed\n"), (text, done.stdout))

    def test_one_process_runs_one_scenario_after_another(self):
        """And files that do not load are jobs like others."""
        self.write("scenarios/toy/broken.lua", BROKEN)
        for number in range(10):
            self.write(f"scenarios/more/n{number}.lua", GOOD % "one more")
        self.fake_qemu("echo $PPID >> parents\necho 'the last words of one machine' >&2\nexit 3\n")
        for jobs in (1, 2):
            done = self.stunt("run", "--jobs", jobs, "--json", "out.json")
            self.assertTrue(done.stdout.endswith("0 passed, 13 failed\n"), done.stdout)
            parents = (self.dir / "parents").read_text().split()
            self.assertEqual(len(parents), 12)
            self.assertLessEqual(len(set(parents)), jobs)
            names = [row["name"] for row in json.loads((self.dir / "out.json").read_text())["results"]]
            self.assertEqual(names, sorted(names), "in the order of the list")
            (self.dir / "parents").unlink()

    def test_results_that_cannot_be_kept(self):
        self.fake_qemu("exit 3\n")
        blocked = self.write("blocked", "a file, no folder")
        done = self.stunt("run", "toy/first", "--results", blocked)
        self.assertEqual(done.returncode, 2)
        self.assertIn("cannot make", done.stderr)
        self.assertIn("0 passed, 1 failed", done.stdout)

    def test_full_disk_is_told(self):
        self.fake_qemu("exit 3\n")
        done = self.stunt("run", "toy/first", "--json", "/dev/full")
        self.assertIn("No space left on device", done.stderr)
        self.assertEqual(done.returncode, 2)


class Ends(CliTest):
    """A machine that never answers: whoever ends the run ends it all."""

    def setUp(self):
        super().setUp()
        self.fake_qemu("echo $$ > pid.$$\nexec sleep 1000\n")

    def start(self):
        run = subprocess.Popen([STUNT, "run", "--jobs", "2", "--start", "boot"], env=self.env, cwd=self.dir, text=True,
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True)
        self.addCleanup(run.communicate)
        self.addCleanup(run.kill)
        self.until(lambda: len(list(self.dir.glob("pid.*"))) == 2, "QEMU did not start")
        return run

    def until(self, condition, message):
        end = time.monotonic() + 10
        while not condition():
            self.assertLess(time.monotonic(), end, message)
            time.sleep(0.02)

    def machines(self):
        """Fake machines that still live."""
        alive = []
        for file in self.dir.glob("pid.*"):
            try:
                state = Path(f"/proc/{file.suffix[1:]}/stat").read_text().rsplit(")", 1)[1].split()[0]
            except OSError:
                continue
            if state != "Z":
                alive.append(file.suffix)
        return alive

    def check_nothing_is_left(self):
        self.until(lambda: not self.machines(), "a machine is left")
        left = [path for path in (self.dir / "state").rglob("*") if path.is_file()]
        self.assertEqual(left, [])

    def test_interrupt(self):
        run = self.start()
        run.send_signal(signal.SIGINT)
        out, err = run.communicate(timeout=5)
        self.assertEqual(run.returncode, 128 + signal.SIGINT)
        self.assertIn("ended by signal 2, 0 of 2 scenarios were run", err)
        self.assertTrue(out.endswith("0 passed, 0 failed\n"), out)
        self.check_nothing_is_left()

    def test_kill(self):
        run = self.start()
        run.kill()
        run.communicate(timeout=5)
        self.check_nothing_is_left()

    def test_worker_killed_twice_is_error(self):
        run = self.start()
        first = self.workers()
        self.assertEqual(len(first), 2)
        for worker in first:
            os.kill(worker, signal.SIGKILL)
        self.until(lambda: len(list(self.dir.glob("pid.*"))) == 4, "the scenarios did not run again")
        second = self.workers()
        self.assertEqual(len(set(second) - set(first)), 2, "new processes")
        for worker in second:
            os.kill(worker, signal.SIGKILL)
        out, _ = run.communicate(timeout=5)
        self.assertEqual(run.returncode, 2)
        self.assertIn("was killed by signal 9 (Killed), in two tries", out)
        self.until(lambda: not self.machines(), "a machine is left")

    def workers(self):
        return [int(path.parent.name) for path in Path("/proc").glob("[0-9]*/cmdline") if self.is_worker(path)]

    def is_worker(self, path):
        try:
            words = path.read_bytes().split(b"\0")
        except OSError:
            return False
        return b"_worker" in words and f"--config={self.dir}/stunt.conf".encode() in words


if __name__ == "__main__":
    unittest.main(verbosity=2)
