#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""
Writes the guest's initramfs: a cpio archive (newc, uncompressed: the guest unpacks it fastest), made without root and
reproducible, the same inputs give the same bytes. Format: Linux Documentation/driver-api/early-userspace/buffer-format.rst.
"""

import argparse
import lzma
import os
import stat
import subprocess
import sys
import tempfile
from pathlib import Path

S_DIR, S_FILE, S_LINK, S_CHAR = stat.S_IFDIR, stat.S_IFREG, stat.S_IFLNK, stat.S_IFCHR


class Archive:
    """Collects entries by path; parent folders are made as needed."""

    def __init__(self):
        self.entries = {}

    def _add(self, path: str, mode: int, data: bytes = b"", device=(0, 0)) -> None:
        parent = os.path.dirname(path)
        if parent and parent not in self.entries:
            self._add(parent, S_DIR | 0o755)
        self.entries[path] = (mode, data, device)

    def folder(self, path: str, mode: int = 0o755) -> None:
        self._add(path, S_DIR | mode)

    def file(self, path: str, data: bytes, mode: int = 0o644) -> None:
        self._add(path, S_FILE | mode, data)

    def link(self, path: str, target: str) -> None:
        self._add(path, S_LINK | 0o777, target.encode())

    def char_device(self, path: str, major: int, minor: int) -> None:
        self._add(path, S_CHAR | 0o600, b"", (major, minor))

    @staticmethod
    def _record(number: int, path: str, mode: int, data: bytes, device: tuple) -> bytes:
        name = path.encode() + b"\0"
        links = 2 if stat.S_ISDIR(mode) else 1
        fields = (number, mode, 0, 0, links, 0, len(data), 0, 0, *device, len(name), 0)
        head = b"070701" + b"".join(b"%08X" % field for field in fields) + name
        head += b"\0" * (-len(head) % 4)
        return head + data + b"\0" * (-len(data) % 4)

    def to_bytes(self) -> bytes:
        out = bytearray()
        for number, path in enumerate(sorted(self.entries), 1):
            out += self._record(number, path, *self.entries[path])
        out += self._record(0, "TRAILER!!!", 0, b"", (0, 0))
        out += b"\0" * (-len(out) % 512)
        return bytes(out)


def module_name(path: Path) -> str:
    return path.name.split(".ko")[0].replace("-", "_")


def read_module(path: Path) -> bytes:
    data = path.read_bytes()
    return lzma.decompress(data) if path.suffix == ".xz" else data


def stage_modules(top: Path, release: str, kernel_modules: Path, own: list) -> Path:
    """A module tree for depmod: our own modules, and links to all of the kernel's."""
    tree = top / "lib/modules" / release
    (tree / "updates").mkdir(parents=True)
    (tree / "kernel").symlink_to(kernel_modules / "kernel")
    for name in ("modules.order", "modules.builtin", "modules.builtin.modinfo"):
        if (kernel_modules / name).exists():
            (tree / name).symlink_to(kernel_modules / name)
    for module in own:
        (tree / "updates" / module.name).symlink_to(module.resolve())
    subprocess.run(["depmod", "-b", top, release], check=True)
    return tree


def dependencies(tree: Path) -> dict:
    """modules.dep as {name: (path, [paths needed, nearest first])}."""
    table = {}
    for line in (tree / "modules.dep").read_text().splitlines():
        path, _, needed = line.partition(":")
        table[module_name(Path(path))] = (path, needed.split())
    return table


def is_variant(module: Path) -> bool:
    """Of a module with planted bugs, as kbuild.sh files it: it has the name, and the needs, of the real one."""
    return module.parent.name == "variants"


def add_modules(archive: Archive, release: str, kernel_modules: Path, wanted: list, own: list, variants: list) -> None:
    with tempfile.TemporaryDirectory() as top:
        tree = stage_modules(Path(top), release, kernel_modules, own)
        table = dependencies(tree)
        names = [name.replace("-", "_") for name in wanted] + [module_name(module) for module in own]
        missing = [name for name in names if name not in table]
        if missing:
            sys.exit(f"mkinitramfs: kernel {release} has no module {', '.join(missing)}")
        paths = sorted({path for name in names for path in (table[name][0], *table[name][1])})
        lines = []
        for path in paths:
            archive.file(f"lib/modules/{release}/{path.removesuffix('.xz')}", read_module(tree / path))
            needed = " ".join(word.removesuffix(".xz") for word in table[module_name(Path(path))][1])
            lines.append(f"{path.removesuffix('.xz')}: {needed}".rstrip() + "\n")
        for module in variants:  # last: the plain name of a module means the first file
            archive.file(f"lib/modules/{release}/variants/{module.name}", module.read_bytes())
            needed = " ".join(word.removesuffix(".xz") for word in table[module_name(module)][1])
            lines.append(f"variants/{module.name}: {needed}".rstrip() + "\n")
        archive.file(f"lib/modules/{release}/modules.dep", "".join(lines).encode())


def read_program(path: Path) -> bytes:
    """Without symbols and debugging sections, which carry the paths of the machine that built it."""
    with tempfile.NamedTemporaryFile() as stripped:
        subprocess.run(["strip", "--strip-all", "-o", stripped.name, path], check=True)
        return Path(stripped.name).read_bytes()


def add_busybox(archive: Archive, busybox: Path) -> None:
    archive.file("bin/busybox", busybox.read_bytes(), 0o755)
    applets = subprocess.run([busybox, "--list"], check=True, capture_output=True, text=True).stdout.split()
    for applet in applets:
        if applet != "busybox":
            archive.link(f"bin/{applet}", "busybox")


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--release", required=True, help="kernel release")
    parser.add_argument("--kernel-modules", type=Path, required=True, help="lib/modules/RELEASE of the kernel")
    parser.add_argument("--wanted", type=Path, required=True, help="file with names of kernel modules to take")
    parser.add_argument("--busybox", type=Path, required=True)
    parser.add_argument("--init", type=Path, required=True, help="becomes /init")
    parser.add_argument("--tool", type=Path, action="append", default=[], help="goes to /bin")
    parser.add_argument("--file", action="append", default=[], metavar="PLACE=PATH", help="a file as it is, to that place in the guest")
    parser.add_argument("--modules", type=Path, required=True, help="list of our own modules, as sha256sum writes it")
    return parser.parse_args()


def main() -> None:
    options = parse()
    archive = Archive()
    for folder in ("dev", "proc", "sys", "tmp", "run", "etc", "root", "mnt"):
        archive.folder(folder)
    archive.char_device("dev/console", 5, 1)
    archive.file("init", read_program(options.init), 0o755)
    add_busybox(archive, options.busybox)
    for tool in options.tool:
        archive.file(f"bin/{tool.name}", read_program(tool), 0o755)
    for file in options.file:
        place, _, path = file.partition("=")
        archive.file(place, Path(path).read_bytes(), 0o755)
    wanted = [line.split("#")[0].strip() for line in options.wanted.read_text().splitlines()]
    own = [Path(line.split(maxsplit=1)[1]) for line in options.modules.read_text().splitlines()]
    add_modules(archive, options.release, options.kernel_modules, [name for name in wanted if name],
                [module for module in own if not is_variant(module)], [module for module in own if is_variant(module)])
    aside = options.out.with_suffix(".part")
    aside.write_bytes(archive.to_bytes())
    aside.rename(options.out)


if __name__ == "__main__":
    main()
