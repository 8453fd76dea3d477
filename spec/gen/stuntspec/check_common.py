# SPDX-License-Identifier: GPL-2.0-or-later
"""Rules that several checks share."""
import difflib
import re

UPPER = re.compile(r"[A-Z][A-Z0-9]*(_[A-Z0-9]+)*")
LOWER = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")
DEVICE = re.compile(r"[a-z][a-z0-9]*")
DOTTED = re.compile(r"[a-z][a-z0-9]*(\.[a-z][a-z0-9]*)*")
DASHED = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")

# First words of other constants (STUNT_EV_…), and folders that stand beside those of the devices.
TAKEN_DEVICE_NAMES = {
    "act", "agent", "client", "core", "ev", "events", "fields", "kernel", "lib", "message", "params", "proto",
    "rec", "regs", "rule", "rules", "shm", "stop",
}

_EXAMPLE = {UPPER: "CH_CTRL", LOWER: "ring_base", DEVICE: "dma", DOTTED: "irq.raise", DASHED: "wrong-vector"}


def check_name(node, name, pattern, problems, *key):
    if not pattern.fullmatch(name):
        problems.at(node, f"'{name}' is no good name here: it must look like '{_EXAMPLE[pattern]}'", *key)


def check_unique(nodes, what, problems, key="name"):
    """No two nodes have the same name (or other attribute)."""
    seen = {}
    for node in sorted(nodes, key=lambda node: node.source.line(node.path)):
        value = getattr(node, key)
        other = seen.setdefault(value, node)
        if other is not node:
            line = other.source.line(other.path + (key,))
            problems.at(node, f"{what} '{value}' is already in line {line}", key)


def check_unique_texts(node, texts, what, problems, key):
    seen = set()
    for n, text in enumerate(texts):
        if text in seen:
            problems.at(node, f"{what} '{text}' is there twice", key, n)
        seen.add(text)


def check_values(node, problems):
    """A table of named values: good names, no number twice."""
    seen = {}
    for name, value in node.values.items():
        check_name(node, name, UPPER, problems, "values", name)
        other = seen.setdefault(value, name)
        if other != name:
            problems.at(node, f"value {value} has two names, '{other}' and '{name}'", "values", name)


def check_at_most(node, value, limit, what, problems, *key):
    if value > limit:
        problems.at(node, f"{what} is {value:#x}, more than {limit:#x}", *key)
        return False
    return True


def did_you_mean(name, known):
    near = difflib.get_close_matches(name, known, 1)
    return f"; did you mean '{near[0]}'?" if near else ""


def is_power_of_two(value):
    return value > 0 and value & (value - 1) == 0
