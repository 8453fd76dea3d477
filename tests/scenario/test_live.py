#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""stunt describe --live: guest and model side by side, and that a disagreement is seen."""

import json
import unittest

from common import StuntTest

# The machine that the command makes without a scenario.
HEAD = 'return scenario { summary = "test", machine = { dma0 = "dma" }, modules = { "stunt_dma" }, run = function(vm)\n%s\nend }\n'
# Bits 2 and 10 of the command register (PCI Local Bus Specification 3.0, 6.2.2).
NO_BUS_MASTER = 'vm.dma0:fault { at = "cfg.read", match = { offset = 4 }, action = "replace", params = { value = 0x402 } }'
UNBIND = ('local r = vm:run { "sh", "-c", "echo 0000:01:00.0 > /sys/bus/pci/drivers/stunt_dma/unbind" }\n'
          'expect.equal(r.status, 0)\n')


class Live(StuntTest):
    def look(self, *words):
        """(exit status, the functions' rows by address and name, the whole document)."""
        done = self.stunt("describe", "--live", "--json", *words)
        self.assertTrue(done.stdout, done.stderr)
        document = json.loads(done.stdout)
        rows = {function["address"]: {fact["what"]: fact for fact in function["facts"]} for function in document["functions"]}
        return done.returncode, rows, document

    def equal_row(self, rows, address, what, value):
        self.assertEqual(rows[address][what], {"what": what, "guest": value, "model": value, "differs": False})

    def test_guest_and_model_agree_until_one_of_them_is_lied_to(self):
        status, rows, document = self.look()
        self.assertEqual((status, document["differences"]), (0, 0), document)
        self.assertEqual(rows["0000:00:02.0"]["driver"]["guest"], "stunt_link, running")
        self.assertEqual(rows["0000:01:00.0"]["driver"], {"what": "driver", "guest": "stunt_dma, running",
                                                          "model": "(stunt-dma)", "differs": False})
        for what, value in (("interrupts", "MSI-X"), ("vectors", "6"), ("power", "D0"), ("bus master", "yes"),
                            ("class", "0801"), ("there", "yes")):
            self.equal_row(rows, "0000:01:00.0", what, value)
        self.equal_row(rows, "0000:00:02.0", "interrupts", "MSI")
        self.equal_row(rows, "0000:00:08.0", "leads to bus", "01")
        self.assertRegex(rows["0000:01:00.0"]["signals"]["guest"], r"^\d+:0( \d+:0){5}$")
        self.assertEqual(rows["0000:01:00.0"]["signals"]["model"], "0:0 1:0 2:0 3:0 4:0 5:0")
        (dma,) = [function for function in document["functions"] if function["name"] == "dma0"]
        self.assertEqual(dma["registers"]["INT_MASK"], 0)
        self.assertIn("CH_CTRL[3]", dma["registers"])

        with self.subTest("a rule has the guest read another command register"):
            path = self.scenario("lied-to", HEAD % NO_BUS_MASTER)
            done = self.stunt("describe", "--live", "--end", path)
            self.assertEqual(done.returncode, 1, done.stdout + done.stderr)
            self.assertRegex(done.stdout, r"(?m)^! +bus master +no +yes$")
            self.assertIn("\n1 difference, marked with !\n", done.stdout)
            self.assertIn("at its end", done.stdout.splitlines()[0])

        with self.subTest("no driver: the device is off, and both know"):
            path = self.scenario("unbound", HEAD % UNBIND)
            status, rows, document = self.look("--end", path)
            self.assertEqual(status, 0, document)
            self.assertEqual(rows["0000:01:00.0"]["driver"]["guest"], "none")
            self.equal_row(rows, "0000:01:00.0", "bus master", "no")

        with self.subTest("a scenario that fails is looked at all the same"):
            path = self.scenario("failing", HEAD % 'fail("not today")')
            done = self.stunt("describe", "--live", "--end", path)
            self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
            self.assertIn("verdict: FAIL", done.stderr)
            self.assertIn("guest and model agree", done.stdout)


if __name__ == "__main__":
    unittest.main(verbosity=2)
