# SPDX-License-Identifier: GPL-2.0-or-later
"""A device apart from its registers: name, PCI capabilities, BAR, vectors, enums, structures."""
from .check_common import (
    DEVICE, LOWER, TAKEN_DEVICE_NAMES, UPPER, check_at_most, check_name, check_unique, check_values,
    did_you_mean, is_power_of_two,
)
from .check_faults import check_values_of_fields
from .model import BAR_KINDS, MEMORY, REGISTERS, SOME, TYPE_BYTES, WINDOW

NAME_MAX = 16
MSI_MAX = 32
MSIX_MAX = 2048
BAR_MIN = 16
BAR_MAX = 1 << 31
BAR_INDEX_MAX = 5
IO_MIN = 4
IO_MAX = 0xFFFF
ISA_IRQ_MAX = 15
MEMORY_MIN = 4096
MEMBER_COUNT_MAX = 4096
C_WORDS = {
    "auto", "break", "case", "char", "const", "continue", "default", "do", "double", "else", "enum",
    "extern", "float", "for", "goto", "if", "inline", "int", "long", "register", "restrict", "return",
    "short", "signed", "sizeof", "static", "struct", "switch", "typedef", "union", "unsigned", "void",
    "volatile", "while",
}


def check_device(device, classes, problems):
    _check_own_name(device, problems)
    if _check_bus(device, problems) and device.pci:
        _check_pci(device, problems)
        _check_bars(device, problems)
    _check_vectors(device, problems)
    _check_events(device, classes, problems)
    check_unique(device.enums, "enum", problems)
    for enum in device.enums:
        check_name(enum, enum.name, UPPER, problems, "name")
        check_values(enum, problems)
        if not enum.values:
            problems.at(enum, f"enum '{enum.name}' has no values", "values")
        for name, value in enum.values.items():
            check_at_most(enum, value, 0xFFFFFFFF, f"value '{name}'", problems, "values", name)
    check_unique(device.structs, "structure", problems)
    for struct in device.structs:
        _check_struct(struct, problems)


def _check_own_name(device, problems):
    stem = device.source.stem
    if device.name != stem:
        problems.at(device, f"device '{device.name}' must have the name of its file, '{stem}'", "name")
    else:
        check_name(device, device.name, DEVICE, problems, "name")
    if len(device.name) > NAME_MAX:
        problems.at(device, f"'{device.name}' is longer than {NAME_MAX} characters", "name")
    if device.name in TAKEN_DEVICE_NAMES:
        problems.at(device, f"a device cannot be called '{device.name}': the word has another use", "name")


def _check_bus(device, problems):
    """Of a function on the PCI bus the spec is about registers in a BAR, of a board on the ISA bus about a window."""
    if bool(device.pci) == bool(device.isa):
        problems.at(device, "a device needs either [pci] or [isa]")
        return False
    if device.isa:
        check_at_most(device.isa, device.isa.iobase, IO_MAX, "iobase", problems, "iobase")
        check_at_most(device.isa, device.isa.irq, ISA_IRQ_MAX, "irq", problems, "irq")
        if device.bars or device.registers or not device.window or device.window.offset:
            problems.at(device.isa, "a device with [isa] has a [window] at offset 0, and neither [[bar]] nor [[register]]")
    return True


def _check_pci(device, problems):
    pci = device.pci
    check_at_most(pci, pci.class_code, 0xFFFFFF, "class", problems, "class")
    check_at_most(pci, pci.revision, 0xFF, "revision", problems, "revision")
    check_at_most(pci, pci.msix, MSIX_MAX, "msix", problems, "msix")
    if pci.msi and (pci.msi > MSI_MAX or not is_power_of_two(pci.msi)):
        problems.at(pci, f"msi is {pci.msi}; it must be a power of two up to {MSI_MAX}", "msi")


def _check_bars(device, problems):
    kinds = [bar.kind for bar in device.bars]
    if kinds.count(REGISTERS) != 1 and set(kinds) <= set(BAR_KINDS):
        problems.at(device, "a device has exactly one [[bar]] for its registers; this one has"
                    f" {kinds.count(REGISTERS)}")
    for kind in (MEMORY, WINDOW):
        if kinds.count(kind) > 1:
            problems.at(device, f"a device has at most one [[bar]] of {kind}; this one has {kinds.count(kind)}")
    check_unique(device.bars, "bar", problems)
    taken = {}
    for bar in device.bars:
        _check_bar(bar, problems)
        if bar.kind == REGISTERS:
            _check_msix_offsets(bar, device.pci, problems)
        if bar.kind == WINDOW:
            _check_window_bar(bar, device.window, problems)
        for index in _indices(bar):
            if index in taken:
                problems.at(bar, f"BAR {index} is taken by '{taken[index]}'", "index")
            taken[index] = bar.name


def _indices(bar):
    """Memory is a 64-bit BAR, which takes two."""
    return range(bar.index, bar.index + (2 if bar.kind == MEMORY else 1))


def _check_bar(bar, problems):
    check_name(bar, bar.name, LOWER, problems, "name")
    if bar.kind not in BAR_KINDS:
        hint = did_you_mean(bar.kind, BAR_KINDS) or f"; there are {', '.join(BAR_KINDS)}"
        problems.at(bar, f"unknown kind '{bar.kind}'{hint}", "kind")
    check_at_most(bar, _indices(bar)[-1], BAR_INDEX_MAX, "index", problems, "index")
    least = {MEMORY: MEMORY_MIN, WINDOW: IO_MIN}.get(bar.kind, BAR_MIN)
    if not is_power_of_two(bar.size) or not least <= bar.size <= BAR_MAX:
        problems.at(bar, f"size {bar.size:#x} must be a power of two from {least:#x} to {BAR_MAX:#x}", "size")
    for key in ("msix_table", "msix_pba"):
        if bar.kind in (MEMORY, WINDOW) and getattr(bar, key) is not None:
            problems.at(bar, f"'{key}' belongs to the BAR with the registers", key)


def _check_window_bar(bar, window, problems):
    if not window:
        problems.at(bar, "it shows the [window], but there is none", "kind")
    elif bar.size != window.count * window.size:
        problems.at(bar, f"size is {bar.size:#x}, but the window has {window.count} elements of {window.size} bytes",
                    "size")


def _check_msix_offsets(bar, pci, problems):
    for key in ("msix_table", "msix_pba"):
        offset = getattr(bar, key)
        if offset is None and pci.msix:
            problems.at(bar, f"'{key}' is missing, though the device has msix = {pci.msix}")
        if offset is not None and not pci.msix:
            problems.at(bar, f"'{key}' is there, but the device has no msix", key)
        if offset is not None and offset % 8:
            problems.at(bar, f"{key} {offset:#x} must be a multiple of 8", key)


def _check_vectors(device, problems):
    pci, count = device.pci, len(device.vectors)
    check_unique(device.vectors, "vector", problems)
    check_unique(device.vectors, "vector with index", problems, "index")
    for vector in device.vectors:
        check_name(vector, vector.name, UPPER, problems, "name")
    indices = {vector.index for vector in device.vectors}
    for vector in device.vectors:
        missing = [i for i in range(min(vector.index, count)) if i not in indices]
        if missing:
            problems.at(vector, f"vector '{vector.name}' has index {vector.index}, but there is no vector"
                        f" {missing[0]}", "index")
    if not pci:
        return
    if pci.msix and pci.msix != count:
        problems.at(pci, f"msix is {pci.msix}, but there are {count} [[vector]]", "msix")
    if pci.msi and (pci.msi < count or not count):
        problems.at(pci, f"msi is {pci.msi}, but there are {count} [[vector]]", "msi")


def _check_events(device, classes, problems):
    """A class that a device has anyway need not be said, and would only look as if others had not."""
    known = {event_class.name: event_class for event_class in classes}
    check_unique(device.events, "event of class", problems)
    for event in device.events:
        if event.name not in known:
            hint = did_you_mean(event.name, known)
            problems.at(event, f"unknown event class '{event.name}'{hint}", "class")
        elif known[event.name].of != SOME and not event.values:
            problems.at(event, f"events of class '{event.name}' need not be told: the class is of"
                        f" '{known[event.name].of}' devices", "class")
        else:
            check_values_of_fields(event, known[event.name], problems)


def _check_struct(struct, problems):
    check_name(struct, struct.name, LOWER, problems, "name")
    check_unique(struct.members, "member", problems)
    if not struct.members:
        return problems.at(struct, f"structure '{struct.name}' has no fields", "fields")
    if _check_members(struct, problems):
        _check_layout(struct, problems)


def _check_members(struct, problems):
    before = len(problems.found)
    for member in struct.members:
        check_name(member, member.name, LOWER, problems, "name")
        if member.name in C_WORDS:
            problems.at(member, f"'{member.name}' is a word of C", "name")
        if member.type not in TYPE_BYTES:
            hint = did_you_mean(member.type, TYPE_BYTES) or f"; there are {', '.join(TYPE_BYTES)}"
            problems.at(member, f"unknown type '{member.type}'{hint}", "type")
        check_at_most(member, member.count, MEMBER_COUNT_MAX, "count", problems, "count")
    return len(problems.found) == before


def _check_layout(struct, problems):
    """Natural alignment without holes: every compiler agrees on such a layout, and nothing unset leaks."""
    offset, widest = 0, 1
    for member in struct.members:
        align = TYPE_BYTES[member.type]
        if offset % align:
            problems.at(member, f"'{member.name}' would stand at {offset}, which is no multiple of {align}:"
                        f" put {align - offset % align} bytes before it")
            return
        offset += member.bytes
        widest = max(widest, align)
    if offset % widest:
        problems.at(struct, f"structure '{struct.name}' has {offset} bytes, which is no multiple of {widest}:"
                    f" add {widest - offset % widest} bytes at its end")
