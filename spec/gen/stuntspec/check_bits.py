# SPDX-License-Identifier: GPL-2.0-or-later
"""The bits of one register: every bit is spoken for, access and reset values make sense."""
from .check_common import UPPER, check_name, check_unique, check_values, did_you_mean
from .model import ACCESS, ALL_BITS, READS_AS_ZERO, WORD_BITS

BYTE_BITS = 8


def check_bits(register, problems):
    if register.access is not None:
        _check_access(register, register.access, problems)
    if register.fields:
        _check_fields(register, problems)
    else:
        _check_whole(register, problems)
    acting = [access for access in READS_AS_ZERO if register.mask(access)]
    if acting and not register.side_effect:
        problems.at(register, f"register '{register.name}' has {acting[0]} bits, so writing it has an effect:"
                    " say side_effect = true")


def check_bytes(window, problems):
    """The bytes of a window: fields may overlap, as one byte is often something else when it is written."""
    for register in window.registers:
        check_unique(register.fields, "field", problems)
        for field in register.fields:
            check_name(field, field.name, UPPER, problems, "name")
            _check_field_values(field, problems)
            if field.bits.hi >= BYTE_BITS:
                problems.at(field.bits, f"bits '{field.bits.text}' are not in the {BYTE_BITS} bits of a byte")


def _check_whole(register, problems):
    """A register without fields: all its bits are alike."""
    if register.access is None:
        problems.at(register, f"register '{register.name}' needs 'access' or 'fields'")
    if register.reserved:
        problems.at(register, "'reserved' is for registers with 'fields'", "reserved")
    if register.reset > ALL_BITS:
        problems.at(register, f"reset {register.reset:#x} does not fit into {WORD_BITS} bits", "reset")
    _check_zero_reset(register, register.access, problems)


def _check_fields(register, problems):
    if "reset" in register.source.data["register"][register.path[1]]:
        problems.at(register, "a register with fields has its reset values in them", "reset")
    check_unique(register.fields, "field", problems)
    for field in register.fields:
        check_name(field, field.name, UPPER, problems, "name")
        _check_field_access(register, field, problems)
        _check_field_values(field, problems)
    _check_cover(register, problems)


def _check_field_access(register, field, problems):
    if field.access is None:
        problems.at(field, f"field '{field.name}' needs 'access' (or its register does)")
    elif _check_access(field, field.access, problems) and register.access not in (None, field.access):
        problems.at(field, f"field '{field.name}' is {field.access}, but its register says"
                    f" {register.access}", "access")


def _check_access(node, access, problems):
    if access not in ACCESS:
        hint = did_you_mean(access, ACCESS) or f"; there are {', '.join(ACCESS)}"
        problems.at(node, f"unknown access '{access}'{hint}", "access")
        return False
    return True


def _check_field_values(field, problems):
    width = field.bits.width
    if field.reset >> width:
        problems.at(field, f"reset {field.reset:#x} does not fit into the {width} bits of field"
                    f" '{field.name}'", "reset")
    _check_zero_reset(field, field.access, problems)
    check_values(field, problems)
    for name, value in field.values.items():
        if value >> width:
            problems.at(field, f"value '{name}' = {value:#x} does not fit into the {width} bits of field"
                        f" '{field.name}'", "values", name)


def _check_zero_reset(node, access, problems):
    if access in READS_AS_ZERO and node.reset:
        problems.at(node, f"reset {node.reset:#x}, but {access} bits read as 0", "reset")


def _check_cover(register, problems):
    """Each bit belongs to exactly one field or to 'reserved'."""
    owner = {}
    ranges = [(field.bits, f"field '{field.name}'") for field in register.fields]
    ranges += [(bits, f"reserved '{bits.text}'") for bits in register.reserved]
    for bits, name in ranges:
        taken = [bit for bit in range(bits.lo, bits.hi + 1) if bit in owner]
        if taken:
            problems.at(bits, f"{name} of register '{register.name}' overlaps {owner[taken[0]]} at bit"
                        f" {taken[0]}")
        for bit in range(bits.lo, bits.hi + 1):
            owner.setdefault(bit, name)
    missing = [bit for bit in range(WORD_BITS) if bit not in owner]
    if missing:
        problems.at(register, f"bits {_ranges(missing)} of register '{register.name}' are in no field and not"
                    " in 'reserved'")


def _ranges(bits):
    """[0, 1, 2, 7] as "7, 2:0"."""
    texts, lo = [], None
    for bit in bits:
        lo = bit if lo is None else lo
        if bit + 1 not in bits:
            texts.append(str(bit) if bit == lo else f"{bit}:{lo}")
            lo = None
    return ", ".join(reversed(texts))
