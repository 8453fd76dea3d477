# SPDX-License-Identifier: GPL-2.0-or-later
"""The cache outside the clone: entries keyed by a hash of their inputs, made aside and renamed into place."""

import contextlib
import errno
import fcntl
import hashlib
import json
import os
import shutil
import sys
from pathlib import Path

NEEDED_BYTES = 3 << 30  # of free space before an entry is made; QEMU's build takes the most
LAYOUT = 1  # of the entries: raise it when what `make` leaves behind changes, and all are made anew


def root() -> Path:
    base = os.environ.get("XDG_CACHE_HOME") or os.path.join(os.path.expanduser("~"), ".cache")
    return Path(base) / "stunt"


def check_space() -> None:
    """apt and others go on trying for very long on a full disk: say so before."""
    root().mkdir(parents=True, exist_ok=True)
    free = shutil.disk_usage(root()).free
    if free < NEEDED_BYTES:
        raise OSError(errno.ENOSPC, f"only {free >> 20} MiB are free and {NEEDED_BYTES >> 20} are needed; make room, or "
                      "name another place with XDG_CACHE_HOME", str(root()))


def key(*inputs) -> str:
    """A short hash of the inputs: anything that json can write."""
    return hashlib.sha256(json.dumps(inputs, sort_keys=True).encode()).hexdigest()[:16]


def file_hash(path: Path) -> str:
    digest = hashlib.sha256()
    with open(path, "rb") as file:
        while block := file.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()


@contextlib.contextmanager
def locked(name: str, folder: Path = None):
    """Only one process at a time works on `name` in the folder (the cache); the lock dies with its holder."""
    folder = folder or root()
    folder.mkdir(parents=True, exist_ok=True)
    with open(folder / f"{name}.lock", "w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            print(f"stunt: waiting for another set-up that makes {name} …", file=sys.stderr, flush=True)
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def entry(name: str, inputs_key: str, make) -> Path:
    """
    The folder of the entry, made by make(folder) when it is not there. What a killed run left half-made
    is removed first. Entries are never changed once they have their name.
    """
    place = root() / f"{name}-{key(LAYOUT, inputs_key)}"
    if place.is_dir():
        return place
    with locked(name):
        if place.is_dir():
            return place
        for left in root().glob(f"{name}-*.part"):
            shutil.rmtree(left)
        check_space()
        aside = Path(f"{place}.part")
        aside.mkdir(parents=True)
        make(aside)
        aside.rename(place)
    return place
