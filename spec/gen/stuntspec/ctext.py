# SPDX-License-Identifier: GPL-2.0-or-later
"""Pieces of C text that the emitters share."""
import textwrap

COLUMNS = 110
TOOL = "spec/gen/stunt-spec"


def head(license_name, sources, command):
    """First lines of a generated C file."""
    return [
        f"/* SPDX-License-Identifier: {license_name} */",
        f"/* Generated from {' and '.join(sources)} by {TOOL} {command}; do not edit. */",
    ]


def string(text):
    """A C string literal."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def comment(text, indent=""):
    """A comment of as many lines as it takes."""
    text = text.replace("*/", "* /")
    one = f"{indent}/* {text} */"
    if len(one) <= COLUMNS:
        return [one]
    lines = textwrap.wrap(text, COLUMNS - len(indent) - 3, break_on_hyphens=False)
    return [f"{indent}/*", *(f"{indent} * {line}" for line in lines), f"{indent} */"]


def defines(block):
    """#define lines of a constants block below its title, values in one column."""
    lines = comment(block.title)
    width = max(len(constant.name) for constant in block.constants)
    for constant in block.constants:
        line = f"#define {constant.name:<{width}} {constant.value}"
        if not constant.doc:
            lines.append(line)
            continue
        full = f"{line} {comment(constant.doc)[0]}"
        if len(full) <= COLUMNS and len(comment(constant.doc)) == 1:
            lines.append(full)
        else:
            lines += comment(constant.doc) + [line]
    return lines
