#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""
Prepares what lies outside the clone: QEMU, guest kernels with headers, firmware, programs of the guest. Prints where they
are, a "name = value" a line; meson.build reads it. What is there already costs nothing.
"""

import argparse
import sys
from pathlib import Path

import progress
import sources


def paths(kernels: list, qemu_src: str) -> dict:
    """Makes what is missing. kernels: names, [] for the first one; qemu_src: "" for Debian's."""
    qemu = sources.qemu_from(Path(qemu_src).resolve()) if qemu_src else sources.qemu()
    firmware = sources.tree("firmware")
    names = kernels or sources.kernel_names()[:1]
    found = {
        "qemu_source": qemu["source"],
        "qemu_build": qemu["build"],
        "qemu_build_id": sources.build_id(qemu["build"]),
        "firmware": f"{firmware}/usr/share/seabios;{firmware}/usr/share/qemu",
        "busybox": str(sources.tree("busybox") / "bin/busybox"),
        "guest_files": ";".join(f"{place}={path}" for place, path in sources.guest_files().items()),
        "programs": ";".join(map(str, sources.programs())),
        "kernels": ",".join(names),
    }
    for name in names:
        for part, value in sources.kernel(name).items():
            found[f"kernel.{name}.{part}"] = value
    return found


def lines(kernels: list, qemu_src: str) -> str:
    return "".join(f"{name} = {value}\n" for name, value in paths(kernels, qemu_src).items())


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kernels", default="", help="names, separated by commas; empty: the first one")
    parser.add_argument("--qemu-src", default="", help="an own QEMU source tree")
    options = parser.parse_args()
    names = [name for name in options.kernels.split(",") if name]
    return progress.guarded(lambda: print(lines(names, options.qemu_src), end=""))


if __name__ == "__main__":
    sys.exit(main())
