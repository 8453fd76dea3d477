#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Plans and campaigns: rules from a file, random ones, and that each run can be had again."""
import json
import os
import shlex
import unittest
from pathlib import Path

from common import TIMEOUT_S, StuntTest

PLANS = int(os.environ.get("STUNT_PLANS", "20"))
HEAD = 'return scenario { summary = "test", machine = { dma0 = "dma" }, modules = { "stunt_dma" }, run = function(vm) %s end }\n'
LOST = '''[[rule]]
id = "lost"
device = "%s"
at = "irq.raise"
match = { vector = "CH1_DONE" }
nth = 1
action = "drop"
'''


class Plans(StuntTest):
    def run_with(self, plan, body):
        file = self.home / "plan.toml"
        file.write_text(plan)
        status, results = self.run_json("--plan", file, self.scenario("case", HEAD % body))
        (row,) = results.values()
        return status, row

    def test_rules_of_a_plan_fire_and_are_kept_and_repeated(self):
        status, row = self.run_with(LOST % "dma0", 'expect.equal(vm:run("stunt-dma copy --channel 1").status, 0) '
                                    'expect.equal(vm:run("stunt-dma info").values.lost_irqs, 1)')
        self.assertEqual((status, row["status"]), (0, "PASS"), row)
        (rule,) = row["rules"]
        self.assertEqual((rule["id"], rule["at"], rule["action"], rule["fired"]), ("lost", "irq.raise", "drop", 1))
        self.assertEqual(self.kept(row)["plan_text"], LOST % "dma0")
        done = self.stunt("replay", Path(row["events"]).parent)
        self.assertEqual(done.returncode, 0, done.stdout)
        self.assertIn("identical", done.stdout)

    def test_rule_that_does_not_fire_is_invalid_unless_optional(self):
        status, row = self.run_with(LOST % "dma0", 'vm:run("stunt-dma copy --channel 0")')
        self.assertEqual((status, row["status"]), (2, "INVALID"), row)
        self.assertIn("rule 'lost' never fired", row["reason"])
        status, row = self.run_with(LOST % "dma0" + "optional = true\n", 'vm:run("stunt-dma copy --channel 0")')
        self.assertEqual((status, row["status"]), (0, "PASS"), row)

    def test_scenario_without_the_device_is_skipped(self):
        other = self.scenario("other", 'return scenario { summary = "x", machine = { dma1 = "dma" }, run = function() end }\n')
        file = self.home / "plan.toml"
        file.write_text(LOST % "dma1")
        status, results = self.run_json("--plan", file, self.scenario("case", HEAD % ""), other)
        self.assertEqual([row["status"] for row in results.values()], ["SKIP", "INVALID"], results)
        file.write_text(LOST.replace("CH1_DONE", "CH9_DONE") % "dma1")
        done = self.stunt("run", "--plan", file, other)
        self.assertEqual(done.returncode, 64)
        self.assertIn("plan.toml:5:20: dma has no vector 'CH9_DONE', did you mean", done.stderr)


class Campaign(StuntTest):
    def test_random_plans_never_break_the_bench_and_can_be_had_again(self):
        out = self.home / "out.json"
        done = self.stunt("campaign", "--plans", PLANS, "--seed", 1, "--verify", "--json", out,
                          timeout=TIMEOUT_S + 6 * PLANS)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertRegex(done.stdout, rf"(?m)^{PLANS} of {PLANS} runs; plans in ")
        runs = json.loads(out.read_text())["runs"]
        self.assertEqual([run["seed"] for run in runs], list(range(1, PLANS + 1)))
        self.assertNotIn("simulator-fault", {run["outcome"] for run in runs})
        self.assertGreater(len({run["outcome"] for run in runs}), 2, "the plans do something")
        self.assertGreater(sum(rule["fired"] > 0 for run in runs for rule in run["rules"]), PLANS / 2)
        run = next(run for run in runs if run["status"] == "FAIL")
        words = shlex.split(run["reproduce"])
        self.assertEqual(words[:2], ["stunt", "run"])
        again = self.home / "again.json"
        self.assertEqual(self.stunt(*words[1:], "--json", again).returncode, 1)
        (row,) = json.loads(again.read_text())["results"]
        self.assertEqual((row["status"], row["reason"], row["rules"]), (run["status"], run["reason"], run["rules"]))


if __name__ == "__main__":
    unittest.main(verbosity=2)
