# SPDX-License-Identifier: GPL-2.0-or-later
"""ids.toml: each device has one id, each id one device."""
from .check_common import TAKEN_DEVICE_NAMES, did_you_mean

ID_MAX = 0xFFFF


def check_ids(spec, problems):
    ids = spec.ids
    for key in ("vendor", "subsystem_vendor", "subsystem"):
        _check_size(ids, ("pci", key), ids.data["pci"][key], problems)
    names = {device.source.stem for device in spec.devices}
    seen = {}
    for name, value in ids.data["pci"]["device"].items():
        path = ("pci", "device", name)
        _check_size(ids, path, value, problems)
        if name not in names:
            hint = did_you_mean(name, names)
            problems.add(ids.name, ids.line(path), f"there is no spec/devices/{name}.toml{hint}")
        if seen.setdefault(value, name) != name:
            problems.add(ids.name, ids.line(path),
                         f"the id {value:#06x} of '{name}' is that of '{seen[value]}'")
    for device in spec.devices:
        name = device.source.stem
        if device.pci and device.pci.device is None and name not in TAKEN_DEVICE_NAMES:
            problems.add(ids.name, ids.line(("pci", "device")),
                         f"device '{name}' has no id here; free is: {name} = {next_id(ids.data):#06x}")


def next_id(data):
    """The number after the highest device id; the subsystem's own is the one before the first."""
    return max([data["pci"]["subsystem"], *data["pci"]["device"].values()]) + 1


def _check_size(ids, path, value, problems):
    if value > ID_MAX:
        problems.add(ids.name, ids.line(path), f"{value:#x} has more than 16 bits")
