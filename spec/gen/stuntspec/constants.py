# SPDX-License-Identifier: GPL-2.0-or-later
"""The names and values of the constants that the border headers define, in blocks as they stand there."""
from dataclasses import dataclass, field


@dataclass
class Constant:
    name: str
    value: str  # as C text
    doc: str
    node: object  # where it comes from
    key: tuple = ()  # the part of the node, if not all of it


@dataclass
class Block:
    title: str  # comment above the constants
    constants: list = field(default_factory=list)

    def add(self, name, value, node, doc="", key=()):
        self.constants.append(Constant(name, value, doc, node, key))


def macro(*parts):
    """STUNT_DMA_CH_CTRL from "dma", "CH_CTRL"; dots and dashes become underscores."""
    return "_".join(("stunt",) + parts).upper().replace(".", "_").replace("-", "_")


def number(value):
    return f"{value}U"


def hex_number(value, digits):
    return f"0x{value:0{digits}x}U"


def device_blocks(device):
    """Everything that a device's header defines, apart from its structures."""
    blocks = [_identity(device)] if device.pci else []
    if device.vectors:
        blocks.append(_vectors(device))
    blocks += [_enum(device, enum) for enum in device.enums]
    blocks += [_register(device, register) for register in device.registers]
    return blocks


def window_blocks(device):
    """The bytes of its window, which have a header of their own; nothing without one."""
    own = device.window and "registers" in device.source.data["window"]
    return [_register(device, register) for register in device.window.registers] if own else []


def event_blocks(spec):
    """Everything that events.h defines."""
    blocks = [Block("Event classes")]
    for item in spec.classes:
        blocks[0].add(macro("ev", item.name), number(item.id), item, item.doc, ("id",))
    for item in spec.classes:
        block = Block(f"Fields of {item.name}: index into struct stunt_event.field")
        for n, name in enumerate(item.fields):
            block.add(macro("ev", item.name, name), number(n), item, key=("fields", n))
        blocks.append(block)
    blocks.append(_actions(spec))
    for item in spec.actions:
        if item.params:
            block = Block(f"Parameters of {item.name}: index into the parameters of its rule")
            for n, param in enumerate(item.params):
                block.add(macro("act", item.name, param.name), number(n), param)
            blocks.append(block)
    return [block for block in blocks if block.constants]


def _actions(spec):
    block = Block("Fault actions")
    for item in spec.actions:
        block.add(macro("act", item.name), number(item.id), item, item.doc, ("id",))
    return block


def _identity(device):
    block = Block("PCI identity and BARs")
    pci, bar = device.pci, device.bar
    for name, value, digits, node in (
        ("pci_vendor", pci.vendor, 4, pci),
        ("pci_device", pci.device, 4, pci),
        ("pci_subsystem_vendor", pci.subsystem_vendor, 4, pci),
        ("pci_subsystem", pci.subsystem, 4, pci),
        ("pci_class", pci.class_code, 6, pci),
        ("pci_revision", pci.revision, 2, pci),
    ):
        block.add(macro(device.name, name), hex_number(value, digits), node)
    block.add(macro(device.name, "bar"), number(bar.index), bar)
    block.add(macro(device.name, "bar_size"), hex_number(bar.size, 1), bar)
    if device.memory:
        name = macro(device.name, device.memory.name)
        block.add(f"{name}_BAR", number(device.memory.index), device.memory, "Memory, 64-bit, prefetchable")
        block.add(f"{name}_SIZE", hex_number(device.memory.size, 1), device.memory, "Its size by default")
    if device.window_bar:
        bar = device.window_bar
        block.add(f"{macro(device.name, bar.name)}_BAR", number(bar.index), bar, "I/O: the window's bytes")
        block.add(f"{macro(device.name, bar.name)}_SIZE", hex_number(bar.size, 1), bar)
    return block


def _vectors(device):
    block = Block("Interrupt vectors")
    for vector in device.vectors:
        block.add(macro(device.name, "vec", vector.name), number(vector.index), vector, vector.doc)
    block.add(macro(device.name, "vectors"), number(len(device.vectors)), device, "How many there are")
    return block


def _enum(device, enum):
    block = Block(enum.doc)
    for name, value in enum.values.items():
        block.add(macro(device.name, enum.name, name), number(value), enum, key=("values", name))
    return block


def _register(device, register):
    block = Block(f"{register.name}: {register.doc}")
    name = macro(device.name, register.name)
    block.add(name, hex_number(register.offset, 3), register)
    if register.is_array:
        block.add(f"{name}_STRIDE", hex_number(register.stride, 1), register)
        block.add(f"{name}_COUNT", number(register.count), register)
    if register.is_constant and not register.fields:
        block.add(f"{name}_VALUE", hex_number(register.reset, 8), register, "Always")
    for item in register.fields:
        _field(block, name, register, item)
    return block


def _field(block, register_name, register, item):
    name = f"{register_name}_{item.name}"
    block.add(name, hex_number(item.bits.mask, 8), item, item.doc)
    block.add(f"{name}_SHIFT", number(item.bits.lo), item)
    if register.is_constant:
        block.add(f"{name}_VALUE", number(item.reset), item, "Always")
    for value_name, value in item.values.items():
        block.add(f"{name}_{value_name}", number(value), item, key=("values", value_name))
