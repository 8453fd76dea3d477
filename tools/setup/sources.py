# SPDX-License-Identifier: GPL-2.0-or-later
"""Reads images/sources.toml and turns its rows into cache entries: package trees, kernels, programs, QEMU."""

import lzma
import os
import re
import shutil
import struct
import subprocess
import tomllib
from pathlib import Path

import apt
import cache
import progress

TOP = Path(__file__).resolve().parents[2]
APT = apt.Apt()


def pins() -> dict:
    with open(TOP / "images" / "sources.toml", "rb") as file:
        return tomllib.load(file)


# ---- package trees -------------------------------------------------------------------------------

def _check_hashes(packages: list, debs: list) -> None:
    for package in packages:
        deb = next(deb for deb in debs if deb.name.startswith(package["name"] + "_"))
        if cache.file_hash(deb) != package["sha256"]:
            raise progress.StepFailed(f"{deb.name}: its SHA-256 is not the one pinned in images/sources.toml")


def _unpack(title: str, packages: list, folder: Path) -> None:
    """Downloads the packages and unpacks them into folder/root."""
    debs = APT.download(title, [f"{p['name']}={p['version']}" for p in packages], folder)
    _check_hashes([p for p in packages if "sha256" in p], debs)
    for deb in debs:
        progress.run(f"unpacking {deb.name.split('_')[0]}", ["dpkg-deb", "-x", deb, folder / "root"])
        deb.unlink()


def _present(packages: list) -> list:
    """The packages as pinned, or, unpinned, in the archive's present versions where a pin has gone."""
    return [package if package["version"] in APT.versions(package["name"])
            else {"name": package["name"], "version": _newest(package["name"])} for package in packages]


def _newest(name: str) -> str:
    versions = APT.versions(name)
    if not versions:
        raise progress.StepFailed(f"the Debian archive has no package {name}; "
                                  "'apt-get update' or a newer images/sources.toml may help")
    return versions[0]


def _say_replaced(name: str, wanted: list, got: list) -> None:
    if got != wanted:
        words = ", ".join(f"{p['name']} {p['version']}" for p in got if p not in wanted)
        progress.say(f"{name}: the pinned version has left the archive, taking {words}")


def tree(name: str) -> Path:
    """Root of the unpacked packages of the [[tree]] with this name."""
    row = next(row for row in pins()["tree"] if row["name"] == name)

    def make(folder: Path) -> None:
        packages = _present(row["packages"])
        _say_replaced(name, row["packages"], packages)
        _unpack(f"fetching {name}", packages, folder)

    return cache.entry(f"tree-{name}", cache.key(row), make) / "root"


def guest_files() -> dict:
    """Files of package trees that the guest has: their paths by their places in it."""
    return {place: tree(row["name"]) / file for row in pins()["tree"] for place, file in row.get("guest", {}).items()}


# ---- kernels -------------------------------------------------------------------------------------

def kernel_names() -> list:
    """Of Debian's kernels: those that are tested every day."""
    return [row["name"] for row in pins()["kernel"]]


def built_kernel_names() -> list:
    """Of the kernels that are built here, when one is asked for."""
    return [row["name"] for row in pins()["built-kernel"]]


def _present_kernel(row: dict) -> tuple:
    """(release, packages): as pinned, or the archive's present kernel of the series."""
    packages = row["packages"]
    if all(package["version"] in APT.versions(package["name"]) for package in packages):
        return row["release"], packages
    image = next((name for name in APT.depends(row["meta"]) if name.startswith("linux-image-")), None)
    if image is None:
        raise progress.StepFailed(f"the Debian archive has no kernel {row['name']} any more (asked for {row['meta']})")
    release = image.removeprefix("linux-image-")
    headers = f"linux-headers-{release}"
    others = [name for name in APT.depends(headers) if re.match(r"linux-(headers-.*-common|kbuild-)", name)]
    return release, [{"name": name, "version": _newest(name)} for name in (image, headers, *others)]


def _use_headers_in_place(root: Path, final: Path) -> None:
    """Debian's headers name /usr/src; ours stay where they are unpacked."""
    for makefile in (root / "usr/src").glob("linux-headers-*/Makefile"):
        text = makefile.read_text()
        if text.startswith("include /usr/src/"):
            makefile.write_text(text.replace("include /usr/src/", f"include {final}/usr/src/", 1))


def _unpack_image(bzimage: Path, vmlinux: Path) -> None:
    """
    The ELF image inside a bzImage. The guest would need a second of every boot to decompress it; QEMU loads it as it is,
    by its PVH entry. Header fields: Linux Documentation/arch/x86/boot.rst, payload_offset and payload_length.
    """
    data = bzimage.read_bytes()
    setup_bytes = ((data[0x1F1] or 4) + 1) * 512
    offset, length = struct.unpack_from("<II", data, 0x248)
    payload = data[setup_bytes + offset:setup_bytes + offset + length]
    if payload.startswith(b"\xfd7zXZ\0"):
        image = lzma.LZMADecompressor().decompress(payload)
    elif payload.startswith(b"\x28\xb5\x2f\xfd"):
        # four bytes behind the stream hold the size of what it unpacks to
        image = subprocess.run(["zstd", "-dc"], input=payload[:-4], capture_output=True, check=True).stdout
    else:
        raise progress.StepFailed(f"{bzimage.name}: compressed in a way that is not known here ({payload[:6].hex()})")
    if not image.startswith(b"\x7fELF"):
        raise progress.StepFailed(f"{bzimage.name}: there is no ELF image in it")
    vmlinux.write_bytes(image)


def kernel(name: str) -> dict:
    """A kernel with its headers: name, release, image (ELF or bzImage), modules, headers,
    memory (MiB that it wants beyond others), shift (an instruction takes 2^shift ns)."""
    for rows, find in ((pins()["kernel"], _debian_kernel), (pins()["built-kernel"], _built_kernel)):
        for row in rows:
            if row["name"] == name:
                return find(row)
    names = ", ".join(kernel_names() + built_kernel_names())
    raise progress.StepFailed(f"no kernel '{name}'; there are: {names}")


def _debian_kernel(row: dict) -> dict:
    name = row["name"]

    def make(folder: Path) -> None:
        release, packages = _present_kernel(row)
        _say_replaced(f"kernel {name}", row["packages"], packages)
        _unpack(f"fetching kernel {name}", packages, folder)
        _use_headers_in_place(folder / "root", folder.with_suffix("") / "root")
        _unpack_image(folder / "root/boot" / f"vmlinuz-{release}", folder / "vmlinux")
        (folder / "release").write_text(release)

    place = cache.entry(f"kernel-{name}", cache.key(row), make)
    release = (place / "release").read_text()
    return {
        "name": name,
        "release": release,
        "image": str(place / "vmlinux"),
        "modules": str(place / "root/lib/modules" / release),
        "headers": str(place / "root/usr/src" / f"linux-headers-{release}"),
        "memory": "0",
        "shift": "3",
    }


# ---- kernels built here --------------------------------------------------------------------------

KEPT_OF_KERNEL = {"Makefile", ".config", "Module.symvers", "arch/x86", "include", "scripts", "tools/objtool"}


def _make_kernel(*words) -> list:
    """A make command whose result does not depend on who builds it when."""
    return ["make", f"-j{len(os.sched_getaffinity(0))}", "KBUILD_BUILD_TIMESTAMP=2026-01-01", "KBUILD_BUILD_VERSION=1",
            "KBUILD_BUILD_USER=stunt", "KBUILD_BUILD_HOST=stunt", *words]


def _check_config(wanted: Path, got: Path) -> None:
    """kconfig drops without a word what has a dependency that is not met."""
    lines = got.read_text().splitlines()
    missing = [line for line in wanted.read_text().splitlines() if line.startswith("CONFIG_") and line not in lines]
    if missing:
        raise progress.StepFailed(f"{wanted}: this kernel cannot have {', '.join(missing)}")


def _prune_kernel(source: Path) -> None:
    """Leaves what is needed to build modules against the tree."""
    parents = {str(Path(kept).parent) for kept in KEPT_OF_KERNEL}
    for path in [*source.iterdir(), *(source / "arch").iterdir(), *(source / "tools").iterdir()]:
        name = str(path.relative_to(source))
        if name in KEPT_OF_KERNEL or name in parents:
            continue
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink()


def _build_kernel(name: str, source: Path, config: Path) -> str:
    """Builds image and modules in the source tree; returns the release."""
    def step(title: str, *words) -> None:
        progress.run(title, _make_kernel(*words), cwd=source, env=_build_env())

    step(f"configuring kernel {name}", f"KCONFIG_ALLCONFIG={config}", "allnoconfig")
    _check_config(config, source / ".config")
    progress.say(f"kernel {name} is built from source, once: that takes minutes")
    step(f"building kernel {name}", "bzImage", "modules")
    step(f"installing kernel {name}", "INSTALL_MOD_PATH=../root", "INSTALL_MOD_STRIP=1", "modules_install")
    return (source / "include/config/kernel.release").read_text().strip()


def _built_kernel(row: dict) -> dict:
    """
    Debian's source with a configuration of ours. It is started as a bzImage: by its PVH entry, code that KASAN watches would
    run before KASAN's memory is there.
    """
    name, package, config = row["name"], row["package"], TOP / "images" / row["config"]

    def make(folder: Path) -> None:
        packages = _present([package])
        _say_replaced(f"kernel {name}", [package], packages)
        _unpack(f"fetching kernel {name}'s source", packages, folder)
        source = folder / "src"
        source.mkdir()
        archive = next((folder / "root/usr/src").glob("linux-source-*.tar.xz"))
        progress.run(f"unpacking kernel {name}", ["tar", "-C", source, "--strip-components=1", "-xf", archive])
        shutil.rmtree(folder / "root")
        release = _build_kernel(name, source, config)
        shutil.copy(source / "arch/x86/boot/bzImage", folder / "bzImage")
        (source / "vmlinux").rename(folder / "vmlinux.debug")  # symbols, lines
        _prune_kernel(source)
        (folder / "release").write_text(release)

    place = cache.entry(f"kernel-{name}", cache.key(package, cache.file_hash(config)), make)
    release = (place / "release").read_text()
    return {
        "name": name,
        "release": release,
        "image": str(place / "bzImage"),
        "modules": str(place / "root/lib/modules" / release),
        "headers": str(place / "src"),
        "memory": str(row["memory"]),
        "shift": str(row["shift"]),
    }


# ---- built from source ---------------------------------------------------------------------------

def _source_version(name: str, wanted: str) -> str:
    """The version as pinned, or the archive's present one."""
    if wanted in APT.versions(name):
        return wanted
    version = _newest(name)
    progress.say(f"{name}: the pinned version has left the archive, taking {version}")
    return version


def _build_env() -> dict:
    # QEMU's configure takes the first python3: it must be Debian's, which has what it needs
    return dict(os.environ, PATH="/usr/sbin:/usr/bin:/sbin:/bin")


def programs() -> list:
    """Paths of the guest's programs that the [[source]] rows give."""
    return [_program_folder(row) / Path(file).name for row in pins()["source"] for file in row["files"]]


def _program_folder(row: dict) -> Path:
    name = row["name"]

    def make(folder: Path) -> None:
        version = _source_version(name, row["version"])
        source = APT.source(f"fetching {name}'s source", name, version, folder)
        progress.run(f"building {name}", row["build"], cwd=source, env=_build_env())
        for file in row["files"]:
            (source / file).rename(folder / Path(file).name)
        shutil.rmtree(source)

    return cache.entry(f"source-{name}", cache.key(row), make)


# ---- QEMU ----------------------------------------------------------------------------------------

def _build_qemu(tree_: Path, build: Path, row: dict) -> None:
    build.mkdir(exist_ok=True)
    if not (build / "build.ninja").exists():
        progress.run("configuring QEMU", [tree_ / "configure", *row["configure"]], cwd=build, env=_build_env())
    progress.run("building QEMU", ["ninja", *row["targets"]], cwd=build, env=_build_env())


def _make_links_relative(build: Path) -> None:
    """QEMU finds its modules by links into its build directory; they must survive the renaming of the cache entry."""
    for link in build.rglob("*"):
        if link.is_symlink() and os.path.isabs(target := os.readlink(link)):
            link.unlink()
            link.symlink_to(os.path.relpath(target, link.parent))


def qemu() -> dict:
    """Debian's QEMU, built once: source (its headers) and build directory."""
    row = pins()["qemu"]

    def make(folder: Path) -> None:
        version = _source_version(row["source"], row["version"])
        if row["series"] not in version:
            raise progress.StepFailed(f"the Debian archive has QEMU {version}; this version of Stunt needs "
                                      f"{row['series']}: give a source tree with -Dqemu_src=DIR")
        source = APT.source("fetching QEMU's source", row["source"], version, folder)
        _build_qemu(source, folder / "build", row)
        _make_links_relative(folder / "build")
        for ending in ("*.o", "*.a", "*.fa"):
            for left in (folder / "build").rglob(ending):
                left.unlink()
        for unused in ("roms", "tests", "docs", "po"):
            shutil.rmtree(source / unused, ignore_errors=True)

    place = cache.entry("qemu", cache.key(row), make)
    return {"source": str(place / "src"), "build": str(place / "build")}


def qemu_from(source: Path) -> dict:
    """A QEMU source tree of the user's, built beside the cache's own and brought up to date at each set-up."""
    version = source / "VERSION"
    row = pins()["qemu"]
    if not version.is_file() or not (source / "configure").is_file():
        raise progress.StepFailed(f"-Dqemu_src: {source} is no QEMU source tree (no VERSION, no configure)")
    if not version.read_text().startswith(row["series"]):
        raise progress.StepFailed(f"-Dqemu_src: {source} is QEMU {version.read_text().strip()}; "
                                  f"the device models are written for {row['series']}")
    place = cache.root() / f"qemu-own-{cache.key(str(source), row['configure'])}"
    with cache.locked("qemu-own"):
        _build_qemu(source, place, row)
    return {"source": str(source), "build": str(place)}


def build_id(qemu_build: str) -> str:
    """The GNU build id of the built binary: what stunt-devices.so checks before it loads."""
    notes = subprocess.run(["readelf", "-n", f"{qemu_build}/qemu-system-x86_64"], capture_output=True, text=True)
    found = re.search(r"Build ID: ([0-9a-f]+)", notes.stdout)
    if not found:
        raise progress.StepFailed(f"{qemu_build}/qemu-system-x86_64 has no build id; link QEMU with -Wl,--build-id")
    return found.group(1)
