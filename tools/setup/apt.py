# SPDX-License-Identifier: GPL-2.0-or-later
"""
Fetches Debian packages, binary and source, verified by apt's signatures, with an apt configuration of our own:
the system's files and lists are read once for the archive's addresses, and never written.
"""

import os
import subprocess
import time
from pathlib import Path

import cache
import progress

FRESH_S = 6 * 3600


def _output(command: list, env=None) -> str:
    done = subprocess.run(command, env=env, capture_output=True, text=True)
    return done.stdout if done.returncode == 0 else ""


def _archives() -> list:
    """(address, release, component, key ring) of each Debian archive that the system uses."""
    form = "$(CREATED_BY)|$(REPO_URI)|$(RELEASE)|$(COMPONENT)|$(SIGNED_BY)|$(ORIGIN)"
    lines = _output(["apt-get", "indextargets", "--format", form]).splitlines()
    rows = {tuple(line.split("|")[1:5]) for line in lines
            if line.startswith("Packages|") and line.endswith("|Debian")}
    if not rows:
        raise progress.StepFailed("apt knows no Debian archive here: run 'apt-get update' (as root) and try again")
    return sorted(rows)


class Apt:
    """The private configuration. Made once per process; lists are refreshed when older than six hours."""

    def __init__(self):
        self.home = cache.root() / "apt"
        self.env = dict(os.environ, APT_CONFIG=str(self.home / "apt.conf"), LC_ALL="C")
        self._ready = False

    def _prepare(self) -> None:
        if self._ready:
            return
        cache.check_space()
        with cache.locked("apt"):
            for folder in ("lists/partial", "cache/archives/partial"):
                (self.home / folder).mkdir(parents=True, exist_ok=True)
            (self.home / "apt.conf").write_text(
                f'Dir::Etc::sourcelist "{self.home}/sources.list";\n'
                f'Dir::Etc::sourceparts "-";\n'
                f'Dir::State::lists "{self.home}/lists";\n'
                f'Dir::Cache "{self.home}/cache";\n'
                'APT::Sandbox::User "";\n'
                'Acquire::Languages "none";\n'
                'Acquire::Retries "3";\n'
                '#clear APT::Update::Post-Invoke;\n'
                '#clear APT::Update::Post-Invoke-Success;\n')
            sources = "".join(
                f"{kind} {'[signed-by=' + ring + '] ' if ring.startswith('/') else ''}{uri} {release} {component}\n"
                for uri, release, component, ring in _archives() for kind in ("deb", "deb-src"))
            listed = self.home / "sources.list"
            stamp = self.home / "updated"
            stale = not stamp.exists() or time.time() - stamp.stat().st_mtime > FRESH_S
            if stale or not listed.exists() or listed.read_text() != sources:
                listed.write_text(sources)
                progress.run("reading the Debian archive's lists", ["apt-get", "update", "-o", "APT::Update::Error-Mode=any"],
                             env=self.env)
                stamp.touch()
        self._ready = True

    def refresh(self) -> None:
        """Reads the lists again: for when a package they name has gone."""
        (self.home / "updated").unlink(missing_ok=True)
        self._ready = False
        self._prepare()

    def versions(self, package: str) -> list:
        """Versions in the archive, newest first."""
        self._prepare()
        lines = _output(["apt-cache", "madison", package], self.env).splitlines()
        return list(dict.fromkeys(line.split("|")[1].strip() for line in lines))

    def depends(self, package: str) -> list:
        """Names that the newest version depends on."""
        self._prepare()
        lines = _output(["apt-cache", "depends", "--important", package], self.env).splitlines()
        return [line.split(":", 1)[1].strip() for line in lines if line.lstrip(" |").startswith("Depends:")]

    def download(self, title: str, packages: list, folder: Path) -> list:
        """Packages "name" or "name=version" into the folder; returns the .deb paths."""
        self._prepare()
        progress.run(title, ["apt-get", "download", *packages], cwd=folder, env=self.env)
        return sorted(folder.glob("*.deb"))

    def source(self, title: str, package: str, version: str, folder: Path) -> Path:
        """Source package, downloaded and unpacked with Debian's own patches; returns its tree."""
        self._prepare()
        progress.run(title, ["apt-get", "source", "--download-only", f"{package}={version}"], cwd=folder, env=self.env)
        tree = folder / "src"
        dsc = next(folder.glob("*.dsc"))
        progress.run(f"unpacking {package}", ["dpkg-source", "-x", dsc, tree])
        for part in folder.glob(f"{package}_*"):
            part.unlink()
        return tree
