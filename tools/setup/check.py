#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Runs the project's tests with meson and closes with the line "N passed, N failed"."""

import argparse
import json
import subprocess
import sys
from pathlib import Path

import progress

PASSED = {"OK", "EXPECTEDFAIL"}
OWN_TARGETS = {"asan": ["stunt-devices-asan"]}  # built for nothing else
SLOW_SUITES = ("asan", "debug", "soak", "variants")


def outcome(build: Path) -> tuple:
    """(passed, failed, skipped) of the last meson test run."""
    rows = [json.loads(line) for line in (build / "meson-logs/testlog.json").read_text().splitlines()]
    results = [row["result"] for row in rows]
    skipped = results.count("SKIP")
    passed = sum(result in PASSED for result in results)
    return passed, len(results) - passed - skipped, skipped


def main() -> int:
    parser = argparse.ArgumentParser(prog="stunt check", description=__doc__)
    parser.add_argument("--build", type=Path, required=True, help=argparse.SUPPRESS)
    parser.add_argument("--list", action="store_true", help="list the tests and their suites")
    parser.add_argument("suite", nargs="*", help="suites to run; all but the slow ones by default")
    options = parser.parse_args()
    command = ["meson", "test", "-C", options.build, "--no-rebuild"]
    if options.list:
        return subprocess.run([*command, "--list"]).returncode
    selection = [word for suite in options.suite for word in ("--suite", suite)] or \
                [word for suite in SLOW_SUITES for word in ("--no-suite", suite)]
    wanted = [target for suite in options.suite for target in OWN_TARGETS.get(suite, [])]
    if wanted:
        subprocess.run(["meson", "compile", "-C", options.build, *wanted], check=True, stdout=subprocess.DEVNULL)
    log = options.build / "meson-logs/testlog.json"
    log.unlink(missing_ok=True)
    try:
        status = subprocess.run([*command, "--print-errorlogs", *selection],
                                preexec_fn=progress.die_with_parent).returncode
    except KeyboardInterrupt:
        return 130
    if not log.exists():
        print(f"no test ran (meson test exited with {status}); 'stunt check --list' shows what there is")
        return status or 1
    passed, failed, skipped = outcome(options.build)
    print(f"{passed} passed, {failed} failed" + (f", {skipped} skipped" if skipped else ""))
    return 1 if failed or status or not passed else 0


if __name__ == "__main__":
    sys.exit(main())
