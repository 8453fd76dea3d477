#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Cells of sweeps, and the grid that is made of them, each from a real run."""

import json
import unittest
from pathlib import Path

from common import StuntTest

HEAD = """return scenario { summary = "test", machine = { dma0 = "dma" }, modules = { "stunt_dma" }, %s run = function(vm)
vm:snapshot()
local function cell(row, point, what, sweep) return vm:cell({ row = row, point = point, sweep = sweep }, what) end
%s
end }
"""
PANIC = 'vm:run { "sh", "-c", "echo c > /proc/sysrq-trigger" }'
WARN = """vm:run { "sh", "-c", "echo '<4>WARNING: CPU: 0 PID: 1 at toy' > /dev/kmsg" }"""
HANG = 'vm:run({ "sleep", "5" }, { timeout = "1s" })'


def row_of(line):
    return dict(zip(("cell", "good", "sweep", "row", "point", "outcome", "begin_ns", "end_ns", "first_line", "last_line",
                     "last_event", "rewinds", "detail"), line.split("\t"), strict=True))


class Grid(StuntTest):
    def sweep(self, body, extra="", *words):
        path = self.scenario("case", HEAD % (extra, body))
        status, results = self.run_json("--results", self.home / "results", path, *words)
        (row,) = results.values()
        return status, row

    def cells(self, row):
        lines = (Path(row["events"]).parent / "grid.tsv").read_text().splitlines()
        return [row_of(line) for line in lines[1:]]

    def outcomes(self, row):
        return [(cell["row"], cell["point"], cell["outcome"]) for cell in self.cells(row)]

    def grid(self, *words):
        return self.stunt("grid", "--results", self.home / "results", *words)

    def test_good_cells_pass_and_are_kept(self):
        status, row = self.sweep('for i = 1, 3 do cell("job", i, function() return "ok" end) end cell("job", 4, function() '
                                 'return "refused", "busy" end, "s3")', 'outcomes = { "ok", "refused" },')
        self.assertEqual((status, row["status"]), (0, "PASS"), row)
        self.assertEqual(self.outcomes(row), [("job", str(i), "ok") for i in (1, 2, 3)] + [("job", "4", "refused")])
        self.assertEqual((self.cells(row)[3]["sweep"], self.cells(row)[3]["detail"]), ("s3", "busy"))
        kept = self.kept(row)
        self.assertEqual((kept["grid"], kept["cells"], kept["bad_cells"]), ("grid.tsv", 4, 0))
        self.assertEqual(self.grid(Path(row["events"]).parent).returncode, 0)

    def test_one_bad_cell_fails_the_run_in_the_end_and_the_others_are_there(self):
        status, row = self.sweep('for i = 1, 5 do cell("job", i, function() return i == 2 and "data lost" or "ok", "job " .. i end) end')
        self.assertEqual((status, row["status"]), (1, "FAIL"), row)
        self.assertEqual(row["reason"], "1 of 5 cells are not good: job 2: data lost (job 2)")
        self.assertEqual([cell[2] for cell in self.outcomes(row)], ["ok", "data lost", "ok", "ok", "ok"])
        self.assertEqual((self.kept(row)["cells"], self.kept(row)["bad_cells"]), (5, 1))
        done = self.grid(Path(row["events"]).parent)
        self.assertEqual(done.returncode, 1, done.stderr)
        self.assertIn("  job                            4          1\n", done.stdout)
        self.assertIn("not good:\n  #2  job 2: data lost: job 2\n", done.stdout)
        self.assertNotIn("#3", done.stdout)
        self.assertIn("  #3  job 3: ok: job 3\n", self.grid("--cells", Path(row["events"]).parent).stdout)

    def test_a_run_that_fails_says_where_all_cells_are_shown(self):
        path = self.scenario("case", HEAD % ("", 'cell("job", 1, function() return "data lost" end)'))
        done = self.stunt("run", "--results", self.home / "results", path)
        (command,) = [line.split() for line in done.stdout.splitlines() if line.strip().startswith("stunt grid ")]
        self.assertIn("#1  job 1: data lost", self.stunt(*command[1:]).stdout)

    def test_whatever_goes_wrong_is_the_outcome_and_the_sweep_goes_on(self):
        cases = {"hang": HANG, "panic": PANIC, "warn": WARN, "failed": "expect.equal(1, 2)", "error": "error('odd')",
                 "off": 'vm:run { "poweroff", "-f" }', "forbidden event":
                 'vm.dma0:fault { at = "job.start", action = "forbid" } vm:run("stunt-dma copy")', "invalid":
                 'vm.dma0:fault { at = "job.start", action = "mark" }', "ok": 'vm:run("stunt-dma copy")'}
        body = "".join(f'cell("{name}", {n}, function() {what} return "ok" end) ' for n, (name, what) in enumerate(cases.items()))
        status, row = self.sweep(body)
        self.assertEqual((status, row["status"]), (1, "FAIL"), row)
        self.assertEqual(self.outcomes(row), [(name, str(n), name) for n, name in enumerate(cases)], row)
        details = {cell["row"]: cell["detail"] for cell in self.cells(row)}
        self.assertIn("WARNING: CPU: 0", details["warn"])
        self.assertIn("expected 2, got 1", details["failed"])
        self.assertIn("never fired", details["invalid"])

    def test_finding_outranks_what_the_script_said(self):
        _, row = self.sweep(f'cell("a", 1, function() {WARN} return "data lost", "all of it" end)')
        (cell,) = self.cells(row)
        self.assertEqual(cell["outcome"], "warn")
        self.assertTrue(cell["detail"].endswith("; data lost: all of it"), cell)

    def test_cells_that_show_nothing_make_the_run_invalid(self):
        status, row = self.sweep('cell("a", 1, function() vm.dma0:fault { at = "job.start", action = "mark" } return "ok" end)')
        self.assertEqual((status, row["status"]), (2, "INVALID"), row)

    def test_sleeping_guest_does_not_stop_the_sweep(self):
        _, row = self.sweep('cell("s3", 1, function() vm:suspend("s3") return "ok" end) '
                            'cell("s3", 2, function() vm:suspend("s3") vm:wake("button") return "ok" end)')
        self.assertEqual(self.outcomes(row), [("s3", "1", "invalid"), ("s3", "2", "ok")], row)

    def test_what_came_before_an_error_of_the_script_is_kept(self):
        status, row = self.sweep('cell("a", 1, function() return "ok" end) error("odd")')
        self.assertEqual((status, row["status"]), (2, "ERROR"), row)
        self.assertEqual(self.outcomes(row), [("a", "1", "ok")])

    def test_wrong_use_is_told(self):
        good = 'function() return "ok" end'
        for body, reason in ((f'vm:cell({{ row = "a" }}, {good})', "point must be a text"),
                             (f'vm:cell({{ row = ("x"):rep(101), point = 1 }}, {good})', "row must be a text of 1 to 100 bytes"),
                             (f'vm:cell({{ row = "a", point = 1, form = "b" }}, {good})', "did you mean 'from'"),
                             (f'vm:cell({{ row = "a", point = 1, from = "defualt" }}, {good})', "no snapshot 'defualt'"),
                             ('vm:cell({ row = "a", point = 1 }, function() end)', "the outcome that the function returns must be"),
                             (f'cell("a", 1, {good}) cell("a", 1, {good})', "there is one already"),
                             (f'cell("a", 1, function() return cell("a", 2, {good}) end)', "1 of 1 cells are not good: a 1: error"),
                             ('vm:cell({ row = "a", point = 1 })', "function expected")):
            _, row = self.sweep(body)
            self.assertIn(reason, row["reason"], body)

    def test_skip_in_a_cell_skips_the_run(self):
        _, row = self.sweep('cell("a", 1, function() skip("not here") end)')
        self.assertEqual((row["status"], row["reason"]), ("SKIP", "not here"))

    def test_events_of_one_cell(self):
        _, row = self.sweep('for i = 1, 3 do cell("copy", i, function() vm:run("stunt-dma copy") return "ok" end) end')
        folder = Path(row["events"]).parent
        log = Path(row["events"]).read_text().splitlines()
        second = self.cells(row)[1]
        done = self.stunt("events", "--cell", "2", folder)
        self.assertEqual(done.stdout.splitlines(), log[int(second["first_line"]) - 1:int(second["last_line"])])
        self.assertIn("cell  #2 copy 2\n", done.stdout)
        self.assertTrue(done.stdout.endswith("cell  #2 copy 2: ok\n"))
        self.assertIn(f"#{int(second['last_event']):06}", done.stdout)
        self.assertIn("job.start", self.stunt("events", "--cell", "2", "--class", "job.start", folder).stdout)
        done = self.stunt("events", "--cell", "4", folder)
        self.assertEqual(done.returncode, 64)
        self.assertIn("no cell 4", done.stderr)
        self.assertIn("cells 1 to 3", done.stderr)

    def test_grid_is_the_same_after_each_kind_of_start(self):
        body = 'for i = 1, 3 do cell("copy", i, function() vm:run("stunt-dma copy") return "ok" end) end'
        _, turbo = self.sweep(body)
        _, strict = self.sweep(body, "", "--start", "strict")
        self.assertEqual(self.cells(turbo), self.cells(strict))

    def test_replay_stops_at_the_end_of_a_cell(self):
        _, row = self.sweep('for i = 1, 4 do cell("copy", i, function() vm:run("stunt-dma copy --count " .. 5 - i) '
                            'return i == 3 and "lost" or "ok" end) end')
        folder, cells = Path(row["events"]).parent, self.cells(row)
        log = Path(row["events"]).read_text().splitlines()
        for words, number in (((), 3), (("--cell", 2), 2)):
            told = "\n".join(self.stopped_under_gdb(*words, folder))
            event = int(cells[number - 1]["last_event"])
            (line,) = [line for line in log[int(cells[number - 1]["first_line"]):int(cells[number - 1]["last_line"])] if f"  #{event:06}  " in line]
            self.assertIn(f"The machine stands at event #{event}.", told)
            self.assertIn(line, told)

    def test_json(self):
        _, row = self.sweep('cell("copy", 1, function() return "lost", "gr\\xfc\\xdf" end)')
        done = self.grid("--json", "-", Path(row["events"]).parent)
        document = json.loads(done.stdout)
        (cell,) = document["cells"]
        self.assertEqual((done.returncode, cell["good"], cell["outcome"], cell["detail"]), (1, False, "lost", "gr\\xfc\\xdf"))

    def test_result_without_a_grid(self):
        _, row = self.sweep("")
        folder = Path(row["events"]).parent
        self.assertFalse((folder / "grid.tsv").exists())
        done = self.grid(folder)
        self.assertEqual(done.returncode, 64)
        self.assertIn("has no grid: its scenario made no cells (vm:cell)", done.stderr)

    def test_damaged_grid(self):
        _, row = self.sweep('cell("copy", 1, function() return "ok" end)')
        file = Path(row["events"]).parent / "grid.tsv"
        file.write_text(file.read_text() + "odd\n")
        done = self.grid(file.parent)
        self.assertEqual(done.returncode, 64)
        self.assertIn("grid.tsv: line 3: 1 columns, not 13", done.stderr)


if __name__ == "__main__":
    unittest.main()
