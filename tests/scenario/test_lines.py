#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Lines whose far end is no port: scripts that are wrong or do not come to their end, and programs outside of the machine."""

import socket
import time
import unittest

from common import StuntTest


PEER = ('local peer = require "peer" return scenario { summary = "test", machine = { uart0 = { type = "uart", ports = 2 } }, '
        'modules = { "stunt_uart" }, run = function(vm) %s end }\n')


class Peers(StuntTest):
    """Scripts of a line's far end that are wrong, fail, or do not come to their end."""

    def verdict(self, body):
        status, results = self.run_json(self.scenario("case", PEER % body))
        (row,) = results.values()
        return status, row

    def test_wrong_script_is_told_with_line_and_word(self):
        status, row = self.verdict("peer.start(vm, 0, 'send \"a\"\\nsned \"b\"')")
        self.assertEqual(status, 2, row)
        self.assertIn("port0.peer: line 2: there is no step 'sned'; did you mean 'send'?", row["reason"])

    def test_wrong_script_of_the_machine(self):
        done = self.stunt("run", self.scenario("case", 'return scenario { summary = "x", machine = { uart0 = { type = "uart", '
                                               '["port1.peer"] = "line 5" } }, run = function(vm) end }'))
        self.assertEqual(done.returncode, 2, done.stdout)
        self.assertIn("port1.peer: line 1: '5' is no baud rate, 12 to 12000000", done.stdout)

    def test_line_to_the_outside_needs_real_time(self):
        machine = ('return scenario { summary = "x", machine = { %s uart0 = { type = "uart", ["port0.chardev"] = "line" } }, '
                   'run = function(vm) end }')
        for settings, words in (('chardev = { line = "null" },', "chardev: what comes from outside comes at no virtual time"),
                                ("", "port0.chardev: there is no chardev 'line'"),
                                ('realtime = true, chardev = { "null" },', "chardev: a name and what QEMU's -chardev takes"),
                                ('realtime = true, chardev = { line = "sock" },', "sock")):
            done = self.stunt("run", self.scenario("case", machine % settings))
            self.assertIn(done.returncode, (2, 64), done.stdout + done.stderr)
            self.assertIn(words, done.stdout + done.stderr)

    def test_port_that_has_another_end_or_is_not_there(self):
        for machine, words in (('wires = "0-1"', "port1.peer: port 0 is at the other end of its line (wires)"),
                               ("ports = 1", "port1.peer: the card has 1 ports")):
            done = self.stunt("run", self.scenario("case", 'return scenario { summary = "x", machine = { uart0 = { type = "uart", '
                                                   f'{machine}, ["port1.peer"] = "idle 1s" }} }}, run = function(vm) end }}'))
            self.assertEqual(done.returncode, 2, done.stdout)
            self.assertIn(words, done.stdout)

    def test_script_that_fails_is_fail_with_the_peers_words(self):
        status, row = self.verdict("peer.start(vm, 0, 'after 1ms; expect \"OK\" within 5ms'):wait()")
        self.assertEqual((status, row["status"]), (1, "FAIL"), row)
        self.assertRegex(row["reason"], r'port0.peer failed since \d+ ns step 2 of 2, line 1: expect "OK" within 5ms; nothing came')

    def test_script_that_ends_early_is_fail_when_it_is_waited_for(self):
        status, row = self.verdict("local p = peer.start(vm, 0, 'after 1s') vm.uart0:remove() p:wait()")
        self.assertEqual((status, row["status"]), (1, "FAIL"), row)
        self.assertRegex(row["reason"], r"port0.peer ended-early since \d+ ns step 1 of 1, line 1: after 1s; the card is gone")

    def test_script_that_has_not_ended_with_the_scenario_is_invalid(self):
        for body in ("peer.start(vm, 0, 'after 100s')", "peer.start(vm, 0, 'expect \"never\"') vm:sleep('1s')"):
            status, row = self.verdict(body)
            self.assertEqual((status, row["status"]), (2, "INVALID"), row)
            self.assertIn("never fired", row["reason"])

    def test_script_that_stopped_unseen_is_invalid(self):
        status, row = self.verdict("peer.start(vm, 0, 'expect \"OK\" within 5ms') vm:sleep('1s')")
        self.assertEqual((status, row["status"]), (2, "INVALID"), row)


OUTSIDE = """return scenario {
  summary = "test", modules = { "stunt_uart" },
  machine = { realtime = true, chardev = { line = "socket,path=%s,server=on,wait=off" },
              uart0 = { type = "uart", ["port0.chardev"] = "line" } },
  run = function(vm)
    local serial = require "serial"
    local answer = serial.spawn(vm, "receive --hex --size 64000 --seed 1", 0, "1000000,rtscts,modem")
    vm:sleep("500ms")
    serial.run(vm, "send --text hello --drain", 0)
    local r = vm:wait(answer)
    expect.equal({ r.values.bytes, r.values.error }, { 13, "HANGUP" }, r.out)
    expect.match(r.out, "^6e6f7420796574206279650a0a\\n", r.out)
  end,
}
"""


class Outside(StuntTest):
    def connect(self, path, run):
        """A connection to the line, as soon as there is one."""
        line = socket.socket(socket.AF_UNIX)
        self.addCleanup(line.close)
        line.settimeout(60)
        while run.poll() is None:
            try:
                line.connect(path)
                return line
            except OSError:
                time.sleep(0.05)
        self.fail(run.stdout.read())

    def test_a_program_talks_over_a_line_and_hangs_up(self):
        path = str(self.home / "line")
        run = self.start("--start", "boot", self.scenario("case", OUTSIDE % path))
        line = self.connect(path, run)
        line.sendall(b"not yet bye")  # waits for the reader
        got = b""
        while len(got) < 5 and (part := line.recv(5 - len(got))):  # with a time-out, MSG_WAITALL waits for nothing
            got += part
        self.assertEqual(got, b"hello")
        line.sendall(b"\n\n")
        time.sleep(1)  # a hang-up takes with it what nobody has read yet
        line.close()
        out = run.stdout.read().decode()
        self.assertEqual(run.wait(), 0, out)


if __name__ == "__main__":
    unittest.main(verbosity=2)
