#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""
Rules of the tree that a compiler does not check. One function a rule: it yields "file:line: what is wrong".
`lint.py RULE` checks one, without an argument it lists them.
"""

import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

TOP = Path(__file__).resolve().parents[2]
SOURCE = (".c", ".h", ".py", ".lua", ".toml", ".sh")
HELP_COLUMNS = 80
FILE_LINES = 600


def tracked(*folders: str) -> list:
    """Files of the work tree, committed or about to be, below the folders (all of them without any)."""
    listed = subprocess.run(["git", "-C", TOP, "ls-files", "-co", "--exclude-standard", "--", *folders],
                            capture_output=True, text=True)
    if listed.returncode == 0:
        names = listed.stdout.splitlines()
    else:  # an unpacked archive without git
        names = [str(path.relative_to(TOP)) for path in TOP.rglob("*") if path.is_file()]
        names = [name for name in names if not folders or name.startswith(folders)]
    return [name for name in names if (TOP / name).is_file()]


def lines(name: str):
    return enumerate((TOP / name).read_text(errors="replace").splitlines(), 1)


def device_names() -> list:
    return [path.stem for path in (TOP / "spec/devices").glob("*.toml")]


def spdx():
    """The first lines of a source file name its license."""
    for name in tracked():
        if name.endswith(SOURCE) or name.endswith("meson.build"):
            head = (TOP / name).read_text(errors="replace").splitlines()[:3]
            if not any("SPDX-License-Identifier:" in line for line in head):
                yield f"{name}:1: no SPDX-License-Identifier in the first three lines"


def layering():
    """The core of the models, the harness library and the guest's core know no particular device, but the link."""
    devices = [name for name in device_names() if name != "link"]
    pattern = re.compile(r"stunt[-_/](regs/)?(%s)\b" % "|".join(devices), re.I)
    for name in tracked("qemu-devices/core", "harness/lib", "harness/cli", "harness/include", "guest-driver/core",
                        "guest-driver/agent", "spec/gen"):
        for number, line in lines(name):
            code = re.sub(r"/\*.*?(\*/|$)|^\s*(\*|#) .*", "", line)
            if name.endswith((".c", ".h", ".py")) and pattern.search(code):
                yield f"{name}:{number}: names a particular device: {line.strip()}"


def pure():
    """The pure core includes nothing of QEMU or glib."""
    for part in ("regs", "fault", "fault-rule", "fault-values", "ring", "nearest", "number", "state-file", "spans", "mappings"):
        for name in (f"qemu-devices/core/{part}.c", f"qemu-devices/core/{part}.h"):
            if not (TOP / name).exists():
                continue
            for number, line in lines(name):
                if re.match(r'#include [<"](qemu|hw|glib|exec|migration|qapi|qom)', line):
                    yield f"{name}:{number}: the pure core includes {line.split()[1]}"


def border():
    """Border headers have no includes and compile alone, as C11, behind the fixed-width types only."""
    for name in tracked("include/stunt"):
        for number, line in lines(name):
            if line.startswith("#include") and "uapi/" not in name:
                yield f"{name}:{number}: a border header includes {line.split()[1]}"
        yield from _compiles(name, ["-std=c11"], before="#include <stdint.h>\n")


def headers():
    """Every header of the harness and of the pure core compiles alone."""
    flags = subprocess.run(["pkg-config", "--cflags", "json-glib-1.0", "gio-2.0", "lua5.4"], capture_output=True,
                           text=True).stdout.split()
    for name in tracked("harness/include") + [f"qemu-devices/core/{n}.h" for n in ("regs", "fault", "ring", "state-file", "spec", "spans", "mappings")]:
        yield from _compiles(name, ["-std=gnu11", f"-I{TOP}/harness/include", *flags])


def _compiles(name: str, flags: list, before: str = ""):
    with tempfile.NamedTemporaryFile("w", suffix=".c") as probe:
        probe.write(f'{before}#include "{TOP / name}"\n')
        probe.flush()
        done = subprocess.run(["cc", "-fsyntax-only", "-Wall", "-Wextra", "-Werror", f"-I{TOP}/include", *flags,
                               probe.name], capture_output=True, text=True)
    if done.returncode:
        yield f"{name}:1: does not compile alone:\n{done.stderr}"


def docs():
    """Every path of the tree that a page names exists."""
    tops = {path.name for path in TOP.iterdir() if path.is_dir() and not path.name.startswith(".")} - {"build"}
    pattern = re.compile(r"(?<![\w./-])((?:%s)/[\w./-]*[\w])" % "|".join(sorted(tops)))
    for name in tracked():
        if not name.endswith(".md"):
            continue
        fenced = False
        for number, line in lines(name):
            fenced ^= line.startswith("```")
            for path in pattern.findall(line):
                if not (TOP / path).exists() and not fenced:
                    yield f"{name}:{number}: no such path: {path}"
            for link in re.findall(r"\]\(([^)#:]+)\)", line):
                if not ((TOP / name).parent / link).exists():
                    yield f"{name}:{number}: no such page: {link}"


def quoted():
    """A block that stands under the name of a file ("`a/b.lua`:") is that file."""
    for name in tracked():
        if name.endswith(".md"):
            text = (TOP / name).read_text()
            for path, block in re.findall(r"^`([\w./-]+)`:\n```\w*\n(.*?)^```", text, re.M | re.S):
                if (TOP / path).read_text() != block:
                    yield f"{name}:1: quotes {path}, but not as it is now"


def size():
    """No file outgrows what a reader can hold."""
    for name in tracked():
        if name.endswith((".c", ".h", ".py", ".lua")):
            count = sum(1 for _ in lines(name))
            if count > FILE_LINES:
                yield f"{name}:{count}: more than {FILE_LINES} lines: split it by subject"


def whitespace():
    """No trailing blanks, no tab outside the kernel modules and makefiles, a newline at the end."""
    for name in tracked():
        if not name.endswith(SOURCE + (".md", "meson.build")) or name.startswith("LICENSES/"):
            continue
        kernel = name.startswith("guest-driver/") or name.startswith("tools/templates")
        for number, line in lines(name):
            if line != line.rstrip():
                yield f"{name}:{number}: trailing blanks"
            if "\t" in line and not kernel:
                yield f"{name}:{number}: a tab"
        if not (TOP / name).read_bytes().endswith(b"\n"):
            yield f"{name}:1: no newline at the end"


def help_width(stunt: str = ""):
    """What --help prints is narrower than 80 columns."""
    main = subprocess.run([stunt, "--help"], capture_output=True, text=True).stdout
    commands = re.findall(r"^  (\w+) ", main, re.M)
    if not commands:
        yield "stunt --help: lists no command"
    for words in [[], *([command] for command in commands)]:
        shown = subprocess.run([stunt, *words, "--help"], capture_output=True, text=True)
        title = " ".join(["stunt", *words, "--help"])
        if shown.returncode or not shown.stdout:
            yield f"{title}: exit status {shown.returncode}, {len(shown.stdout)} bytes"
        for number, line in enumerate(shown.stdout.splitlines(), 1):
            if len(line) >= HELP_COLUMNS:
                yield f"{title}:{number}: {len(line)} columns: {line}"


def manpage(tool: str = "", page: str = ""):
    """A man page has every command and option that the tool's --help tells of, and no other; groff likes it."""
    told = subprocess.run([tool, "--help"], capture_output=True, text=True).stdout
    commands, _, options = told.partition("\noptions")
    text = Path(page).read_text()
    rows = (("command", re.findall(r"^  (\w+) ", commands, re.M), re.findall(r"^\.It Cm (\w+)", text, re.M)),
            ("option", re.findall(r"^  --([\w-]+)", options, re.M) + ["help"], re.findall(r"Fl -([\w-]+)", text)))
    for kind, there, here in rows:
        for name in sorted(set(there) - set(here)):
            yield f"{page}:1: does not have the {kind} {name}"
        for name in sorted(set(here) - set(there)):
            yield f"{page}:1: has a {kind} {name} that the tool has not"
        if len(there) < 2:
            yield f"{tool} --help: lists no {kind}"
    if shutil.which("groff"):
        shown = subprocess.run(["groff", "-mdoc", "-Tascii", "-ww", "-z", page], capture_output=True, text=True)
        yield from shown.stderr.splitlines()


RULES = {rule.__name__: rule for rule in
         (spdx, layering, pure, border, headers, docs, quoted, size, whitespace, help_width,
          manpage)}


def main() -> int:
    if len(sys.argv) < 2 or sys.argv[1] not in RULES:
        for name, rule in RULES.items():
            print(f"{name:12} {rule.__doc__.strip().splitlines()[0]}")
        return 64
    findings = list(RULES[sys.argv[1]](*sys.argv[2:]))
    for finding in findings:
        print(finding)
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main())
