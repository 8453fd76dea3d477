# SPDX-License-Identifier: GPL-2.0-or-later
"""Runs the long steps of the set-up: progress with time, a log, and the log's end when a step fails."""

import ctypes
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import cache

TAIL_LINES = 20
QUIET_REPORT_S = 30


class StepFailed(Exception):
    """The message is for the user, complete with what to do."""


def say(text: str) -> None:
    # stderr: the standard output belongs to the command that the user wants to run
    print(f"stunt: {text}", file=sys.stderr, flush=True)


def _show(title: str, started: float, detail: str, end: str) -> None:
    seconds = time.monotonic() - started
    line = f"stunt: [{seconds:4.0f} s] {title} {detail}"
    if sys.stderr.isatty():
        sys.stderr.write(f"\r\x1b[K{line}{end}")
    else:
        sys.stderr.write(f"{line}\n")  # a pipe gets one line when a step ends, and now and then before
    sys.stderr.flush()


def run(title: str, command: list, cwd=None, env=None) -> None:
    """
    Runs the command with its output in a log. Raises StepFailed with the log's last lines when it fails.
    The command dies with this process.
    """
    logs = cache.root() / "logs"
    logs.mkdir(parents=True, exist_ok=True)
    log = logs / (re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-") + ".log")
    started = time.monotonic()
    if sys.stderr.isatty():
        _show(title, started, "…", "")
    with open(log, "w") as out:
        process = subprocess.Popen([str(word) for word in command], cwd=cwd, env=env, stdin=subprocess.DEVNULL,
                                   stdout=out, stderr=subprocess.STDOUT, preexec_fn=die_with_parent)
        try:
            _follow(process, title, started, log)
        finally:
            if process.poll() is None:
                process.terminate()
                process.wait()
    if process.returncode != 0:
        tail = "\n".join("  | " + line for line in log.read_text(errors="replace").splitlines()[-TAIL_LINES:])
        raise StepFailed(f"{title} failed (exit status {process.returncode}); the end of its output:\n{tail}\n"
                         f"whole output: {log}")
    _show(title, started, "done", "\n")


def die_with_parent() -> None:
    """The calling process gets SIGTERM when its parent ends, however that does (prctl(2), PR_SET_PDEATHSIG)."""
    pr_set_pdeathsig = 1
    ctypes.CDLL(None).prctl(pr_set_pdeathsig, signal.SIGTERM)


def _follow(process: subprocess.Popen, title: str, started: float, log: Path) -> None:
    shown = started
    tty = sys.stderr.isatty()
    while True:
        try:
            process.wait(0.2 if tty else 0.05)
            return
        except subprocess.TimeoutExpired:
            pass
        if tty or time.monotonic() - shown > QUIET_REPORT_S:
            shown = time.monotonic()
            _show(title, started, _last_step(log), "")


def _last_step(log: Path) -> str:
    """The counter of ninja's last line ("[812/1469]"), or nothing."""
    with open(log, "rb") as file:
        file.seek(0, os.SEEK_END)
        file.seek(max(0, file.tell() - 4096))
        counters = re.findall(rb"\[\d+/\d+\]", file.read())
    return counters[-1].decode() if counters else "…"


def guarded(work) -> int:
    """Runs work() for a command's main(): failures become one message and an exit status."""
    os.umask(0o022)
    # an end by signal must still run the clean-ups that end the running step
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        work()
    except StepFailed as failure:
        say(str(failure))
        return 1
    except KeyboardInterrupt:
        say("stopped")
        return 130
    except OSError as failure:
        say(f"{failure.filename or 'set-up'}: {failure.strerror}")
        return 1
    return 0
