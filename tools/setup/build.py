#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Brings the build directory up to date: configures when needed, then compiles what changed. Silent when nothing did."""

import argparse
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import cache
import main as prepare
import progress
import sources


def meson_options(build: Path) -> dict:
    """Values of the options that an existing build directory was configured with; {} without one."""
    options = build / "meson-info" / "intro-buildoptions.json"
    if not options.exists():
        return {}
    return {row["name"]: row["value"] for row in json.loads(options.read_text())}


def wanted_kernels(word: str, present: list) -> list:
    daily = sources.kernel_names()
    names = daily + sources.built_kernel_names()
    extra = daily if word == "all" else [word] if word in names else []  # another word is the command's own to refuse
    wanted = (present or names[:1]) + extra
    return [name for name in names if name in wanted] + [name for name in present if name not in names]


def configure(build: Path, word: str) -> None:
    """Prepares what lies outside the clone; then meson, when its inputs from there are not those of the last time."""
    wishes = os.environ.get("MESON_OPTIONS", "").split()
    options = meson_options(build) | dict(wish[2:].split("=", 1) for wish in wishes if re.match("-D.+=", wish))
    present = options.get("kernels", [])
    kernels = wanted_kernels(word, present.split(",") if isinstance(present, str) else present)
    inputs = prepare.lines(kernels, options.get("qemu_src", "")) + "".join(f"{wish}\n" for wish in wishes)
    stamp = build / "prepared"
    if stamp.exists() and stamp.read_text() == inputs and (build / "build.ninja").exists():
        return
    command = ["meson", "setup", build, sources.TOP, *wishes, f"-Dkernels={','.join(kernels)}"]
    if (build / "meson-private" / "coredata.dat").exists():
        command.append("--reconfigure")
    progress.run("configuring", command)
    stamp.write_text(inputs)


def use_compiler_cache() -> None:
    """
    What was compiled once, in any clone of this user, is not compiled again. The user's own settings of ccache win.
    """
    masks = Path("/usr/lib/ccache")  # programs called like the compilers
    if not masks.is_dir():
        return
    os.environ["PATH"] = f"{masks}:{os.environ['PATH']}"
    for name, value in {
        "CCACHE_DIR": cache.root() / "ccache",
        "CCACHE_MAXSIZE": "1G",
        "CCACHE_BASEDIR": sources.TOP,  # of two clones only the name of the folder differs
        "CCACHE_NOHASHDIR": "1",
    }.items():
        os.environ.setdefault(name, str(value))


def compile_(build: Path, target: str) -> None:
    dry = subprocess.run(["ninja", "-C", build, "-n", target], capture_output=True, text=True)
    if "no work to do" not in dry.stdout:
        progress.run("compiling", ["ninja", "-C", build, target])


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--build", type=Path, required=True)
    parser.add_argument("--kernel", default="", help="one more kernel to build for, or 'all'")
    parser.add_argument("--target", default="all", help="what to compile: all, or runtime (what a run needs)")
    options = parser.parse_args()
    build = options.build.absolute()
    progress.die_with_parent()
    use_compiler_cache()

    def up_to_date() -> None:
        with cache.locked("build", build):
            configure(build, options.kernel)
            compile_(build, options.target)

    return progress.guarded(up_to_date)


if __name__ == "__main__":
    sys.exit(main())
