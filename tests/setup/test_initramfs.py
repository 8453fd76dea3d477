#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The initramfs is made again from the same inputs and is the same, byte for byte, whenever and wherever that is."""

import os
import shutil
import subprocess
import sys
import tempfile
import time
import unittest
from pathlib import Path

COMMAND = sys.argv[2:]
BUILT = Path(sys.argv[1]) if len(sys.argv) > 1 else None


class Initramfs(unittest.TestCase):
    def test_same_inputs_give_the_same_bytes(self):
        home = Path(tempfile.mkdtemp(prefix="stunt-test-"))
        self.addCleanup(shutil.rmtree, home)
        time.sleep(1)  # another second for every time stamp there may be
        again = home / "again.cpio"
        subprocess.run([*COMMAND, "--out", again], check=True, cwd=os.environ.get("MESON_BUILD_ROOT"))
        self.assertEqual(again.read_bytes(), BUILT.read_bytes())

    def test_archive_has_what_a_guest_needs(self):
        data = BUILT.read_bytes()
        for name in (b"\0init\0", b"dev/console\0", b"bin/busybox\0", b"modules.dep\0", b"stunt_link.ko\0",
                     b"bin/lspci\0", b"bin/setpci\0", b"bin/stunt-registry\0", b"bin/sz\0", b"bin/rz\0",
                     b"lib64/ld-linux-x86-64.so.2\0", b"lib/x86_64-linux-gnu/libc.so.6\0", b"TRAILER!!!"):
            self.assertIn(name.strip(b"\0"), data)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1], verbosity=2)
