# SPDX-License-Identifier: GPL-2.0-or-later
"""What the files say, as objects. Each knows its place in its file (`source`, `path`)."""
from dataclasses import dataclass

WORD_BITS = 32
WORD_BYTES = 4
ALL_BITS = (1 << WORD_BITS) - 1
FIELDS_MAX = 5  # of an event class: STUNT_FIELDS_MAX
PARAMS_MAX = 4  # of an action: STUNT_PARAMS_MAX
NUMBER_MAX = (1 << 64) - 1
CLASS_ID_MAX = 63  # an action's classes are bits of one uint64_t
ANY = "any"

# How a guest sees bits: read-only; read-write; written 1 clears; written 1 requests; write-only.
ACCESS = ("ro", "rw", "w1c", "w1s", "wo")
READS_AS_ZERO = ("w1s", "wo")

# Which devices have a class of events: every one; PCI functions; those with MSI-X; with vectors; those that say so, [[event]].
ALL, PCI, MSIX, VECTORS, SOME = CLASS_OF = ("all", "pci", "msix", "vectors", "some")

# What is behind a BAR: the registers of the file, plain memory, or the window's bytes one element after the other.
REGISTERS, MEMORY, WINDOW = BAR_KINDS = ("registers", "memory", "window")

TYPE_BYTES = {"u8": 1, "u16": 2, "u32": 4, "u64": 8}


@dataclass
class Node:
    source: object
    path: tuple


@dataclass
class Bits(Node):
    """A range of bits, hi and lo included."""
    hi: int
    lo: int

    @property
    def mask(self):
        return (1 << (self.hi + 1)) - (1 << self.lo)

    @property
    def width(self):
        return self.hi - self.lo + 1

    @property
    def text(self):
        return str(self.lo) if self.hi == self.lo else f"{self.hi}:{self.lo}"


@dataclass
class Field(Node):
    name: str
    bits: Bits
    access: str
    reset: int
    values: dict
    doc: str


@dataclass
class Span(Node):
    """Bytes in the register area: `count` pieces of `size`, `stride` apart."""
    offset: int
    size: int
    count: int
    stride: int

    def pieces(self):
        return [(self.offset + i * self.stride, self.size) for i in range(self.count)]

    @property
    def end(self):
        return self.offset + (self.count - 1) * self.stride + self.size


@dataclass
class Register(Span):
    name: str
    doc: str
    access: str  # None: each field has its own
    reset: int
    is_array: bool
    is_volatile: bool
    side_effect: bool
    fields: list
    reserved: list  # of Bits
    first: int = 0  # index of element 0 in the device's values

    def mask(self, access):
        """The bits with this access."""
        if not self.fields:
            return ALL_BITS if self.access == access else 0
        return sum(field.bits.mask for field in self.fields if field.access == access)

    @property
    def reserved_mask(self):
        return sum(bits.mask for bits in self.reserved)

    @property
    def reset_value(self):
        return self.reset | sum(field.reset << field.bits.lo for field in self.fields)

    @property
    def is_constant(self):
        """Nothing can change it: its reset value is its value."""
        return not self.is_volatile and self.mask("ro") | self.reserved_mask == ALL_BITS


@dataclass
class Window(Span):
    """Bytes among the registers whose meaning is the model's own. `size` of them in each element."""
    registers: list  # of Register, one byte each; ascending by offset


@dataclass
class Vector(Node):
    name: str
    index: int
    doc: str


@dataclass
class Event(Node):
    """The device has events of a class; with which values in their fields, where the class does not say."""
    name: str  # of the class
    values: dict  # field -> [(first, last), ...]


@dataclass
class Enum(Node):
    name: str
    doc: str
    values: dict


@dataclass
class Member(Node):
    name: str
    type: str
    count: int  # 0: no array
    doc: str

    @property
    def bytes(self):
        return TYPE_BYTES[self.type] * max(self.count, 1)


@dataclass
class Struct(Node):
    name: str
    doc: str
    members: list

    @property
    def bytes(self):
        return sum(member.bytes for member in self.members)


@dataclass
class Bar(Node):
    index: int
    name: str
    size: int  # of memory: as it is by default
    kind: str
    msix_table: int  # None: not given
    msix_pba: int


@dataclass
class Pci(Node):
    class_code: int
    revision: int
    msi: int
    msix: int
    wake: bool
    vendor: int
    device: int  # None: not in ids.toml
    subsystem_vendor: int
    subsystem: int


@dataclass
class Isa(Node):
    """Where it is on the ISA bus, unless it is told otherwise."""
    iobase: int
    irq: int


@dataclass
class Device(Node):
    name: str
    title: str
    adjustable: list  # names of properties that may change while the machine runs
    pci: Pci  # None: it is no PCI device
    isa: Isa  # likewise
    bars: list
    vectors: list
    events: list  # beside those that it has anyway
    enums: list
    structs: list
    registers: list  # ascending by offset
    reserved: list  # of Span
    window: Window  # None: there is none

    def _bar(self, kind):
        return next((bar for bar in self.bars if bar.kind == kind), None)

    @property
    def bar(self):
        """The one with the registers."""
        return self._bar(REGISTERS)

    @property
    def memory(self):
        """The one with memory, or None."""
        return self._bar(MEMORY)

    @property
    def window_bar(self):
        """The one that is another way to the window, or None."""
        return self._bar(WINDOW)

    @property
    def named(self):
        """Everything in the register BAR that has a name: registers, and the bytes of the window."""
        return self.registers + (self.window.registers if self.window else [])

    @property
    def values(self):
        """Entries in the device's value array."""
        return sum(register.count for register in self.registers)

    @property
    def msix(self):
        """MSI-X vectors."""
        return self.pci.msix if self.pci else 0

    def event(self, event_class):
        """What the device says of a class, or None."""
        return next((event for event in self.events if event.name == event_class.name), None)

    def has_class(self, event_class):
        if event_class.of == SOME:
            return self.event(event_class) is not None
        return {ALL: True, PCI: self.pci is not None, MSIX: self.msix > 0, VECTORS: bool(self.vectors)}[event_class.of]


@dataclass
class EventClass(Node):
    name: str
    id: int
    doc: str
    fields: list
    of: str
    values: dict  # field -> [(first, last), ...]: what it can have, whatever the device


@dataclass
class Param(Node):
    name: str
    default: int
    max: int


@dataclass
class Action(Node):
    name: str
    id: int
    doc: str
    on: list
    params: list
    lasts: bool  # acts from its firing on: without `times` it fires on each match after `nth`

    @property
    def is_any(self):
        return ANY in self.on

    def classes(self, spec):
        """The classes that it applies to."""
        return [item for item in spec.classes if self.is_any or item.name in self.on]


@dataclass
class Spec:
    devices: list  # by name
    classes: list  # by id
    actions: list  # by id
    ids: object  # Source of ids.toml
    faults: object  # Source of faults.toml
