#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""stunt shell: as a script from a pipe, and as people use it, on a terminal."""

import os
import pty
import re
import select
import signal
import subprocess
import time
import unittest

from common import STUNT, TIMEOUT_S, StuntTest, end_session, machines_of, processes_of, wait_for

PROMPT = r"\d+\.\d{9}> "
MORE = r"\d+\.\d{9}>> "


class Shell(StuntTest):
    def script(self, text, *words):
        return subprocess.run([STUNT, "shell", *words], input=text, env=self.env, capture_output=True, text=True,
                              timeout=TIMEOUT_S)

    def test_a_script_runs_to_its_end_or_to_its_first_error(self):
        with self.subTest("results are printed, locals stay, a chunk may take lines, two runs are the same"):
            text = ('local mode = vm.dma0:get("interrupt-mode")\nmode\nfor i = 1, 2 do\n  print(i)\nend\n'
                    'vm.dma0:poke("INT_MASK", 3)\nvm.dma0:peek("INT_MASK")\nvm.dma0:poke("INT_MASK", 0)\n'
                    'c = vm:spawn("stunt-dma copy --channel 1 --size 4096")\n'
                    'step { class = "irq.raise", vector = "CH1_DONE", device = "dma0" }\nvm:wait(c).values.data\n')
            logs = [self.home / "one", self.home / "two"]
            done = [self.script(text, "--events", log) for log in logs]
            self.assertEqual(done[0].returncode, 0, done[0].stderr)
            lines = done[0].stdout.splitlines()
            self.assertEqual(lines[:4], ["MSI-X", "1", "2", "3"])
            self.assertRegex(lines[4], r"dma0  irq\.raise  vector=1 mode=2  rule=1$")
            self.assertEqual(lines[5:], ["ok"])
            self.assertEqual(done[0].stdout, done[1].stdout)
            self.assertEqual(logs[0].read_bytes(), logs[1].read_bytes())
            self.assertIn("  dma0  mmio.write  offset=0x14 size=4 value=0x3\n", logs[0].read_text())

        with self.subTest("an error ends it, with its line"):
            done = self.script('go "1ms"\n\nlocal x =\n  vm.dma0:peek("CTLR")\nprint("not reached")\n')
            self.assertEqual((done.returncode, done.stdout), (1, ""))
            self.assertRegex(done.stderr, r"^stunt: stdin:4: .*CTLR.*did you mean 'CTRL'")

        with self.subTest("what is not complete"):
            done = self.script("\nfor i = 1, 2 do\n")
            self.assertEqual((done.returncode, done.stderr),
                             (1, "stunt: stdin:2: what begins here is not complete at the end of the input\n"))

        with self.subTest("a hang is found as in a scenario"):
            done = self.script('vm:run("sleep 100")\n')
            self.assertEqual(done.returncode, 1)
            self.assertRegex(done.stderr, r"^stunt: stdin:1: not done at its deadline")

        with self.subTest("-e, and quit() with a status"):
            done = self.stunt("shell", "-e", "1 + 1", "-e", "quit(9)", "-e", "print('not reached')")
            self.assertEqual((done.returncode, done.stdout, done.stderr), (9, "2\n", ""))

        with self.subTest("a scenario's machine and its steps"):
            done = self.stunt("shell", "dma/lost-interrupt", "-e", "play()", "-e", "rules()")
            self.assertEqual((done.returncode, done.stderr), (0, ""))
            self.assertRegex(done.stdout, r"^armed +matched 1, fired 1, first at #\d+: id=rule-1 ")

        with self.subTest("no such scenario"):
            self.assertEqual(self.stunt("shell", "dma/lost-interupt").returncode, 64)

    def test_steps_and_bookmarks(self):
        done = self.script('function to_record() return step { class = "dma.write", what = "COMP", device = "dma0" } end\n'
                           'c = vm:spawn("stunt-dma copy --channel 2 --size 4096")\nstep "job.start"\nmark "in it"\n'
                           'to_record()\na = step "irq.raise"\na\nback()\nmarks()\nb = to_record()\na == step "irq.raise"\n'
                           'step { class = "reset", timeout = "5ms" }\nstep() ~= step()\nback "start"\nvm:now() < ns "6s"\n'
                           'r = vm.dma0:fault { at = "irq.raise", nth = 1, action = "drop" }\nrules()\nback()\nrules()\n'
                           'timeline { class = "job.start", n = 1 }\n')
        self.assertEqual(done.returncode, 0, done.stderr)
        lines = done.stdout.splitlines()
        self.assertIn("  dma0  job.start  channel=2 ", lines[0])
        self.assertIn("  dma0  dma.write  ", lines[1])
        self.assertIn("  dma0  irq.raise  vector=2 ", lines[2])
        self.assertRegex(lines[3], r"^ +\d+\.\d{9}  start$")
        self.assertRegex(lines[4], r"^ +\d+\.\d{9}  in it  \(the last")
        self.assertEqual(lines[5], "true")  # the way from the bookmark on is the same again
        self.assertRegex(lines[6], r"^no such event until ")
        self.assertEqual(lines[7:9], ["true", "true"])
        self.assertRegex(lines[9], r"^armed +matched 0, fired 0: id=rule-1 ")
        self.assertEqual(lines[10:], [])  # the rule is gone, and so are the events

        with self.subTest("what is poked is on the timeline, and no event that a step waits for"):
            done = self.script('vm.dma0:poke("INT_MASK", 1)\ntimeline(1)\nstep { class = "mmio.write", timeout = "1us" }\n')
            self.assertRegex(done.stdout, r"^ +\S+  #\d+  dma0  mmio\.write  offset=0x14 size=4 value=0x1\nno such event")

    def test_a_panic_is_told_and_can_be_gone_back_from(self):
        done = self.script('sh "echo before"\nmark "well"\n'
                           'print(pcall(sh, "echo c > /proc/sysrq-trigger"))\nlog "Kernel panic"\n'
                           'print(pcall(go, "1ms"))\nback()\nsh "echo after"\nlog "Kernel panic"\n')
        self.assertEqual(done.returncode, 0, done.stderr)
        lines = done.stdout.splitlines()
        self.assertEqual(lines[0], "before")
        self.assertRegex(lines[1], r"^false .*the guest panicked: sysrq triggered crash$")
        self.assertRegex(lines[2], r"Kernel panic - not syncing: sysrq triggered crash$")
        self.assertRegex(lines[3], r"^false .*the machine is off$")
        self.assertEqual(lines[4:], ["after"])

    def test_on_a_terminal(self):
        terminal = Terminal(self, "shell")
        terminal.expect(PROMPT)

        with self.subTest("completion"):
            terminal.send('vm.dma0:pee\t("INT_MA\t')
            terminal.send(")\n")
            terminal.expect(r'vm\.dma0:peek\("INT_MASK"\)\s+0\s+' + PROMPT)

        with self.subTest("a chunk of several lines, given up by Ctrl-C"):
            terminal.send("for i = 7, 7 do\n")
            terminal.expect(MORE)
            terminal.send("\x03")
            terminal.expect(r"\^C\s+" + PROMPT)
            terminal.send("for i = 7, 7 do\n")
            terminal.expect(MORE)
            terminal.send("print(i * 6) end\n")
            terminal.expect(r"42\s+" + PROMPT)

        with self.subTest("an error is no end"):
            terminal.send("nothing()\n")
            terminal.expect(r"prompt:\d+: attempt to call a nil value.*\s+" + PROMPT)

        with self.subTest("Ctrl-C stops the guest, which can go on"):
            terminal.send('hang = vm:spawn { "sh", "-c", "while :; do :; done" }\n')
            terminal.expect(PROMPT)
            terminal.send('go "10h"\n')
            terminal.expect(r"Ctrl-C stops the machine")
            terminal.send("\x03")
            terminal.expect(r"stopped by hand at .*\s+" + PROMPT)
            terminal.send('vm:kill(hang, 9) sh "echo still $((40 + 2))"\n')
            terminal.expect(r"still 42\s+" + PROMPT)

        with self.subTest("and a script that only computes"):
            terminal.send("while true do end\n")
            time.sleep(0.5)
            terminal.send("\x03")
            terminal.expect(r"interrupted\s+" + PROMPT)

        with self.subTest("a panic, and back"):
            terminal.send('sh "echo c > /proc/sysrq-trigger"\n')
            terminal.expect(r"the guest panicked.*\s+The machine is off.*\s+" + PROMPT)
            terminal.send("back()\n")
            terminal.expect(PROMPT)
            terminal.send('sh "echo alive"\n')
            terminal.expect(r"\nalive\s+" + PROMPT)

        with self.subTest("Ctrl-D ends it, the machine too"):
            terminal.send("\x04")
            self.assertEqual(terminal.wait(), 0)
            self.assertEqual(processes_of(terminal.pid), [])

        with self.subTest("the next session has the history"):
            kept = (self.home / "state/stunt/shell_history").read_text().splitlines()
            self.assertEqual(kept[-2:], ["back()", 'sh "echo alive"'])
            self.assertIn('vm.dma0:peek("INT_MASK")', kept)
            terminal = Terminal(self, "shell")
            terminal.expect(PROMPT)
            terminal.send("\x1b[A\n")
            terminal.expect(r"\nalive\s+" + PROMPT)

        with self.subTest("a killed session leaves no machine"):
            self.assertTrue(machines_of(terminal.pid))
            os.kill(terminal.pid, signal.SIGKILL)
            self.assertEqual(wait_for(lambda: not processes_of(terminal.pid)), True)


class Terminal:
    """A command on a terminal of its own; none of it outlives the test."""

    def __init__(self, test, *words):
        self.test, self.text = test, ""
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            os.execve(STUNT, [STUNT, *words], dict(test.env, TERM="dumb", COLUMNS="200"))
        test.addCleanup(os.close, self.fd)
        test.addCleanup(end_session, self.pid)

    def send(self, text):
        os.write(self.fd, text.encode())

    def read(self, seconds):
        ready, _, _ = select.select([self.fd], [], [], seconds)
        try:
            return os.read(self.fd, 65536).decode(errors="replace") if ready else ""
        except OSError:
            return ""  # the other end is closed

    def expect(self, pattern):
        """Reads until the pattern has come; what is up to it is used up."""
        until = time.monotonic() + TIMEOUT_S / 5
        while time.monotonic() < until:
            found = re.search(pattern, self.text)
            if found:
                self.text = self.text[found.end():]
                return
            self.text += self.read(0.5)
        self.test.fail(f"{pattern!r} did not come, but {self.text!r}")

    def wait(self):
        while self.read(1):
            pass
        return os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])


if __name__ == "__main__":
    unittest.main(verbosity=2)
