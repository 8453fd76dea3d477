# SPDX-License-Identifier: GPL-2.0-or-later
"""Which events a device has, and which values their fields can have: what a rule is held against when it is armed."""
from . import ctext
from .model import WORD_BYTES

REGISTER_ACCESS = ("mmio.read", "mmio.write")
PENDING = "pba.read"
PENDING_BITS = 64  # of a quadword of the MSI-X pending bits


def tables(spec):
    """Lines of C: struct stunt_values of each device, and the list of devices."""
    lines, rows = [], []
    for device in spec.devices:
        classes = [item for item in spec.classes if device.has_class(item)]
        values = [row for item in classes for row in _class_rows(device, item)]
        lines += ["", f"static const struct stunt_values {device.name}_values[] = {{"]
        lines += [f"    {{ {row} }}," for row in values] + ["};"]
        mask = sum(1 << item.id for item in classes)
        rows.append(f"    {{ {ctext.string(device.name)}, 0x{mask:x}u, {device.name}_values,"
                    f" sizeof({device.name}_values) / sizeof({device.name}_values[0]) }},")
    lines += ["", "const struct stunt_device_events stunt_device_events[] = {", *rows, "};"]
    lines.append("const size_t stunt_n_device_events ="
                 " sizeof(stunt_device_events) / sizeof(stunt_device_events[0]);")
    return lines


def _class_rows(device, item):
    return [
        f"{item.id}, {n}, {step}, 0x{first:x}u, 0x{last:x}u"
        for n, field in enumerate(item.fields)
        for first, last, step in _field_values(device, item, field)
    ]


def _field_values(device, item, field):
    """[(first, last, step), ...]; empty: any value. What the device says goes first, then the class, then what follows."""
    said = device.event(item)
    if said and field in said.values:
        return _steps(said.values[field])
    if field in item.values:
        return _steps(item.values[field])
    enum = _enum(device, item, field)
    if enum:
        return _steps((value, value) for value in sorted(set(enum.values.values())))
    if field == "offset" and item.name in REGISTER_ACCESS:
        return _places(device.registers, WORD_BYTES) + _places(device.window.registers if device.window else [], 1)
    if field == "offset" and item.name == PENDING:
        return [(0, -(-device.msix // PENDING_BITS) * PENDING_BITS // 8 - 1, 1)]
    if field == "vector" and device.vectors:
        return [(0, len(device.vectors) - 1, 1)]
    return []


def _places(registers, step):
    return _runs(sorted(at for register in registers for at, _ in register.pieces()), step)


def _enum(device, item, field):
    """The enum called like the field; for a kind, like the class: as scripts name values, see stunt_resolve_value()."""
    name = (item.name.replace(".", "_") if field == "kind" else field).upper()
    return next((enum for enum in device.enums if enum.name == name), None)


def _steps(stretches):
    """Neighbours become one stretch."""
    merged = []
    for first, last in stretches:
        if merged and merged[-1][1] + 1 == first:
            merged[-1][1] = last
        else:
            merged.append([first, last])
    return [(first, last, 1) for first, last in merged]


def _runs(numbers, step):
    """Ascending numbers; those that are a step apart become one stretch."""
    runs = []
    for number in numbers:
        if runs and runs[-1][1] + step == number:
            runs[-1][1] = number
        else:
            runs.append([number, number])
    return [(first, last, step) for first, last in runs]
