# SPDX-License-Identifier: GPL-2.0-or-later
"""Checks the device and fault descriptions under spec/, and generates what comes from them."""
import argparse
import pathlib
import sys

from . import ctext, emit_c, emit_docs, emit_headers, emit_lua
from .check import check
from .load import load
from .source import Problems

EXIT_PROBLEM = 1
TOP = pathlib.Path(__file__).resolve().parents[3]


class Refused(Exception):
    """Ends the command with one line of explanation."""


def main(argv=None):
    arguments = _parser().parse_args(argv)
    try:
        return arguments.run(arguments) or 0
    except Refused as refusal:
        print(refusal, file=sys.stderr)
    except OSError as error:
        print(f"stunt-spec: {error.filename}: {error.strerror}", file=sys.stderr)
    return EXIT_PROBLEM


def read_checked(spec_dir):
    """The Spec of a directory, or Refused with everything that is wrong with it."""
    problems = Problems()
    spec = load(spec_dir, problems)
    if spec:
        check(spec, problems)
    if problems:
        raise Refused("\n".join(problems.lines()))
    return spec


def _check(arguments):
    spec = read_checked(arguments.spec)
    registers = sum(device.values for device in spec.devices)
    print(f"{len(spec.devices)} devices with {registers} registers, {len(spec.classes)} event classes,"
          f" {len(spec.actions)} fault actions: no problem")


def _headers(arguments):
    _write_all(arguments.out, emit_headers.headers(read_checked(arguments.spec)))


def _fresh(arguments):
    """Compares the headers that stand in the tree with what the specs give now."""
    files = emit_headers.headers(read_checked(arguments.spec))
    stale = [name for name, text in files.items() if _read(arguments.out / name) != text]
    orphans = [f"regs/{file.name}" for file in sorted((arguments.out / "regs").glob("*.h"))
               if f"regs/{file.name}" not in files]
    lines = [f"{arguments.out / name}:1: is not what the specs give; run: {ctext.TOOL} headers"
             for name in stale]
    lines += [f"{arguments.out / name}:1: has no spec; remove it" for name in orphans]
    if lines:
        raise Refused("\n".join(lines))


def _device_c(arguments):
    spec = read_checked(arguments.spec)
    for device in spec.devices:
        if device.name == arguments.device:
            return _write(arguments.out, emit_c.device_c(device))
    known = ", ".join(device.name for device in spec.devices)
    raise Refused(f"stunt-spec: there is no device '{arguments.device}'; there are: {known}")


def _device_list_h(arguments):
    _write(arguments.out, emit_c.device_list_h(read_checked(arguments.spec)))


def _faults_c(arguments):
    _write(arguments.out, emit_c.faults_c(read_checked(arguments.spec)))


def _lua(arguments):
    _write(arguments.out, emit_lua.lua(read_checked(arguments.spec)))


def _docs(arguments):
    _write_all(arguments.out, emit_docs.docs(read_checked(arguments.spec)))


def _list(arguments):
    """For the build system, which asks before anything is checked."""
    devices = sorted((arguments.spec / "devices").glob("*.toml"))
    if arguments.what == "devices":
        names = [file.stem for file in devices]
    elif arguments.what == "pci-devices":
        names = [file.stem for file in devices if "\n[pci]\n" in file.read_text(encoding="utf-8")]
    else:
        inputs = [*sorted(arguments.spec.glob("*.toml")), *devices]
        code = pathlib.Path(__file__).parent
        inputs += [*sorted(code.glob("*.py")), code.parent / "stunt-spec"]
        names = [str(file.resolve()) for file in inputs]
    print("\n".join(names))


def _read(file):
    try:
        return file.read_text(encoding="utf-8")
    except (FileNotFoundError, UnicodeDecodeError):
        return None


def _write_all(folder, files):
    for name, text in files.items():
        _write(folder / name, text)


def _write(file, text):
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")


def _parser():
    parser = argparse.ArgumentParser(prog="stunt-spec", description=__doc__)
    parser.add_argument("--spec", type=pathlib.Path, default=TOP / "spec", metavar="DIR",
                        help="where the descriptions are")
    commands = parser.add_subparsers(metavar="COMMAND", required=True)

    def command(name, run, text, out=None):
        sub = commands.add_parser(name, help=text, description=text)
        sub.set_defaults(run=run)
        if out:
            default = TOP / "include/stunt" if out == "headers" else None
            sub.add_argument("--out", type=pathlib.Path, required=default is None, default=default,
                             metavar="DIR" if out == "headers" or out == "DIR" else "FILE")
        return sub

    command("check", _check, "check the descriptions, write nothing")
    command("headers", _headers, "write the committed border headers", "headers")
    command("fresh", _fresh, "compare the committed border headers with the descriptions", "headers")
    sub = command("device-c", _device_c, "write the C table of a device", "FILE")
    sub.add_argument("device", metavar="DEV")
    command("device-list-h", _device_list_h, "write the C list of all devices", "FILE")
    command("faults-c", _faults_c, "write the C tables of event classes and fault actions", "FILE")
    command("lua", _lua, "write the Lua table", "FILE")
    command("docs", _docs, "write the reference tables", "DIR")
    command("list", _list, "list devices or input files").add_argument("what", choices=["devices", "pci-devices", "files"])
    return parser
