#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The early console on the serial card: what the kernel says before any driver is there goes out, whole."""
import re
import unittest
from pathlib import Path

from common import StuntTest

SCENARIO = "uart/stock-console"


class EarlyConsole(StuntTest):
    def boot_log(self):
        """Lines of a run's log that begins with its boot, up to where the scenario starts."""
        status, rows = self.run_json("--start", "boot", SCENARIO)
        self.assertEqual(status, 0, rows)
        log = self.stunt("events", Path(rows[SCENARIO]["events"]).parent).stdout
        return log.split("-------  start", 1)[0].splitlines()

    def test_what_the_kernel_says_goes_out_before_the_agent_runs(self):
        log = self.boot_log()
        asks = next(n for n, line in enumerate(log) if "link.ask" in line)
        sent = re.findall(r"serial\.tx  port=0 value=(0x[0-9a-f]+) count=1 ", "\n".join(log[:asks]))
        lines = "".join(chr(int(value, 16)) for value in sent).split("\r\n")
        said = {line.split("kernel  ", 1)[1].split(">", 1)[1] for line in log if "-------  kernel" in line}
        self.assertIn("Linux version", lines[0])
        self.assertGreater(len(lines), 5)
        self.assertEqual([line for line in lines[:-1] if line not in said], [])


if __name__ == "__main__":
    unittest.main(verbosity=2)
