#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""What is built from source: only what is wanted of it stays, and it is built once."""

import contextlib
import io
import os
import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "tools/setup"))

import cache  # noqa: E402
import progress  # noqa: E402
import sources  # noqa: E402

ROW = {"name": "toy", "version": "1.0-1", "build": ["make", "tool"], "files": ["sub/tool"]}
MAKEFILE = "tool:\n\tmkdir -p sub && echo built > sub/tool && echo once >> ../../built\n"


class Archive:
    """In place of apt: one source package."""

    def __init__(self, makefile, version):
        self.makefile, self.version = makefile, version

    def versions(self, package):
        return [self.version] if package == "toy" else []

    def source(self, _title, _package, _version, folder):
        (folder / "src").mkdir()
        (folder / "src/Makefile").write_text(self.makefile)
        return folder / "src"


class Programs(unittest.TestCase):
    def setUp(self):
        self.home = Path(tempfile.mkdtemp(prefix="stunt-test-"))
        self.addCleanup(shutil.rmtree, self.home)
        os.environ["XDG_CACHE_HOME"] = str(self.home)
        for owner, name, value in ((cache, "NEEDED_BYTES", 0), (sources, "APT", Archive(MAKEFILE, "1.0-1")),
                                   (sources, "pins", lambda: {"source": [ROW]})):
            self.addCleanup(setattr, owner, name, getattr(owner, name))
            setattr(owner, name, value)

    def test_only_the_wanted_files_stay_and_are_built_once(self):
        (tool,) = sources.programs()
        self.assertEqual(tool.read_text(), "built\n")
        self.assertEqual([path.name for path in tool.parent.iterdir()], ["tool"])
        self.assertEqual(sources.programs(), [tool])
        self.assertEqual((self.home / "stunt/built").read_text(), "once\n")

    def test_version_that_has_left_the_archive_is_replaced_and_told(self):
        sources.APT.version = "1.0-2"
        with contextlib.redirect_stderr(io.StringIO()) as said:
            (tool,) = sources.programs()
        self.assertTrue(tool.exists())
        self.assertIn("taking 1.0-2", said.getvalue())

    def test_source_that_does_not_build_leaves_no_entry(self):
        sources.APT.makefile = "tool:\n\tfalse\n"
        with self.assertRaisesRegex(progress.StepFailed, "building toy"):
            sources.programs()
        self.assertEqual([path for path in (self.home / "stunt").glob("source-toy-*") if path.suffix != ".part"], [])


# As much of a kernel as the set-up sees: it knows CONFIG_SEEN and no other.
KERNEL_ROW = {"name": "toy", "package": {"name": "linux-source-6.1", "version": "6.1.1-1"}, "memory": 64, "shift": 1}
KERNEL_MAKEFILE = """allnoconfig:
\tgrep SEEN $(KCONFIG_ALLCONFIG) > .config
vmlinux:
\tmkdir -p include/config && echo 6.1.1-toy > include/config/kernel.release && cp /bin/true vmlinux
bzImage modules: vmlinux
\tmkdir -p arch/x86/boot && echo image > arch/x86/boot/bzImage
\ttouch Module.symvers && echo once >> ../../built-$@
modules_install:
\tmkdir -p $(INSTALL_MOD_PATH)/lib/modules/6.1.1-toy
"""


class KernelArchive:
    """In place of apt: one package with a kernel's source."""

    def versions(self, package):
        return ["6.1.1-1"] if package == "linux-source-6.1" else []

    def download(self, _title, _packages, folder):
        tree = folder / "linux-source-6.1"
        for name in ("arch/x86", "arch/arm", "drivers", "scripts", "tools/objtool", "tools/perf"):
            (tree / name).mkdir(parents=True)
        (tree / "Makefile").write_text(KERNEL_MAKEFILE)
        package = folder / "package"
        (package / "usr/src").mkdir(parents=True)
        (package / "DEBIAN").mkdir()
        (package / "DEBIAN/control").write_text("Package: linux-source-6.1\nVersion: 6.1.1-1\nArchitecture: all\n"
                                                "Maintainer: toy <toy@example.org>\nDescription: toy\n")
        subprocess.run(["tar", "-C", folder, "-cJf", package / "usr/src/linux-source-6.1.tar.xz", tree.name], check=True)
        deb = folder / "linux-source-6.1_6.1.1-1_all.deb"
        subprocess.run(["dpkg-deb", "--build", package, deb], check=True, stdout=subprocess.DEVNULL)
        shutil.rmtree(tree)
        shutil.rmtree(package)
        return [deb]


class BuiltKernels(unittest.TestCase):
    def setUp(self):
        self.home = Path(tempfile.mkdtemp(prefix="stunt-test-"))
        self.addCleanup(shutil.rmtree, self.home)
        os.environ["XDG_CACHE_HOME"] = str(self.home)
        self.config = self.home / "toy.config"
        self.config.write_text("# a remark\nCONFIG_SEEN=y\n")
        row = dict(KERNEL_ROW, config=str(self.config))
        for owner, name, value in ((cache, "NEEDED_BYTES", 0), (sources, "APT", KernelArchive()),
                                   (sources, "pins", lambda: {"kernel": [], "built-kernel": [row]})):
            self.addCleanup(setattr, owner, name, getattr(owner, name))
            setattr(owner, name, value)

    def build(self):
        with contextlib.redirect_stderr(io.StringIO()):
            return sources.kernel("toy")

    def test_it_is_built_once_and_leaves_what_modules_need(self):
        kernel = self.build()
        self.assertEqual((kernel["release"], kernel["memory"], kernel["shift"]), ("6.1.1-toy", "64", "1"))
        self.assertTrue(Path(kernel["image"]).is_file())
        self.assertTrue(Path(kernel["modules"]).is_dir())
        headers = Path(kernel["headers"])
        left = {str(path.relative_to(headers)) for path in headers.rglob("*")}
        self.assertLessEqual({"Makefile", ".config", "Module.symvers", "arch/x86", "scripts", "tools/objtool"}, left)
        self.assertFalse({"drivers", "arch/arm", "tools/perf", "vmlinux"} & left)
        self.assertEqual(self.build(), kernel)
        self.assertEqual((self.home / "stunt/built-bzImage").read_text(), "once\n")

    def test_another_configuration_is_another_kernel(self):
        first = self.build()
        self.config.write_text("CONFIG_SEEN=m\n")
        self.assertNotEqual(self.build()["image"], first["image"])

    def test_option_that_the_kernel_dropped_is_named(self):
        self.config.write_text("CONFIG_SEEN=y\nCONFIG_GONE=y\n")
        with self.assertRaisesRegex(progress.StepFailed, "cannot have CONFIG_GONE=y"):
            self.build()

    def test_unknown_kernel_is_told_those_there_are(self):
        with self.assertRaisesRegex(progress.StepFailed, "no kernel 'other'; there are: toy"):
            sources.kernel("other")


if __name__ == "__main__":
    unittest.main(verbosity=2)
