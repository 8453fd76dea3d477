# SPDX-License-Identifier: GPL-2.0-or-later
"""Judges a whole spec: everything that the outputs and their users rely on."""
from . import constants
from .check_device import check_device
from .check_faults import check_faults
from .check_ids import check_ids
from .check_registers import check_registers


def check(spec, problems):
    check_ids(spec, problems)
    check_faults(spec, problems)
    for device in spec.devices:
        check_device(device, spec.classes, problems)
        if device.pci and device.bar:
            check_registers(device, problems)
    if problems:
        return  # the names below would only repeat what is known
    _check_constants(constants.event_blocks(spec), problems)
    for device in spec.devices:
        _check_constants(constants.device_blocks(device) + constants.window_blocks(device), problems)


def _check_constants(blocks, problems):
    """Two different names can meet in one constant: register A_B, and field B of register A."""
    made = {}
    for block in blocks:
        for constant in block.constants:
            other = made.setdefault(constant.name, constant)
            if other is not constant:
                line = other.node.source.line(other.node.path + other.key)
                problems.at(constant.node, f"makes the constant {constant.name}, as line {line} does",
                            *constant.key)
