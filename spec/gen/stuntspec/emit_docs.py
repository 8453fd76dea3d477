# SPDX-License-Identifier: GPL-2.0-or-later
"""Reference tables in Markdown: one page per device, one for event classes and fault actions."""
from . import ctext
from .model import ANY


def docs(spec):
    """File name -> text."""
    files = {f"{device.name}-tables.md": _device(device) for device in spec.devices}
    files["faults-tables.md"] = _faults(spec)
    return files


def _page(title, source, sections):
    note = ["<!-- SPDX-License-Identifier: GPL-2.0-or-later -->",
            f"<!-- Generated from {source} by {ctext.TOOL} docs; do not edit. -->"]
    return "\n\n".join(["\n".join(note), f"# {title}", *(section for section in sections if section)]) + "\n"


def _table(title, head, rows):
    """A table, with a heading above it if there is a title; nothing without rows."""
    if not rows:
        return ""
    heading = [f"## {title}", ""] if title else []
    return "\n".join(heading + [_row(row) for row in (head, ["---"] * len(head), *rows)])


def _row(cells):
    return "| " + " | ".join(str(cell).replace("|", "\\|") for cell in cells) + " |"


def _device(device):
    sections = [
        _identity(device) if device.pci else _table("ISA", ["what", "value"], [
            ("I/O ports", f"{device.isa.iobase:#x}, {device.window.size} of them"), ("IRQ", device.isa.irq),
        ]),
        _table("Registers", ["offset", "name", "access", "reset", "what"],
               [_register_row(register) for register in device.named]),
        "\n\n".join(_fields(register) for register in device.named if register.fields),
        _table("Vectors", ["index", "name", "what"],
               [(vector.index, f"`{vector.name}`", vector.doc) for vector in device.vectors]),
        "\n\n".join(_enum(enum) for enum in device.enums),
        "\n\n".join(_struct(struct) for struct in device.structs),
    ]
    return _page(f"{device.name}: {device.title}", device.source.name, sections)


def _identity(device):
    pci, bar = device.pci, device.bar
    rows = [
        ("vendor:device", f"`{pci.vendor:04x}:{pci.device:04x}`"),
        ("subsystem", f"`{pci.subsystem_vendor:04x}:{pci.subsystem:04x}`"),
        ("class, revision", f"`{pci.class_code:06x}`, {pci.revision}"),
        ("MSI, MSI-X vectors", f"{pci.msi}, {pci.msix}"),
        (f"BAR {bar.index} ({bar.name})", f"{bar.size:#x} bytes"),
    ]
    if device.memory:
        memory = device.memory
        rows.append((f"BAR {memory.index} ({memory.name})", f"memory, {memory.size:#x} bytes by default"))
    if device.window_bar:
        rows.append((f"BAR {device.window_bar.index} ({device.window_bar.name})", f"I/O, {device.window_bar.size} bytes:"
                     f" the {device.window.size} at {device.window.offset:#x}, element after element"))
    if pci.wake:
        rows.append(("PME", "from D1, D2 and D3hot"))
    if pci.msix:
        rows.append(("MSI-X table, PBA", f"at {bar.msix_table:#x}, {bar.msix_pba:#x}"))
    return _table("PCI", ["what", "value"], rows)


def _register_row(register):
    name, offset = f"`{register.name}`", f"{register.offset:#05x}"
    if register.is_array:
        name = f"`{register.name}[{register.count}]`"
        offset += f" + i * {register.stride:#x}"
    access = register.access or ", ".join(sorted({field.access for field in register.fields}))
    return offset, name, access, f"{register.reset_value:#010x}", register.doc


def _fields(register):
    rows = [(field.bits.lo, _field_row(field)) for field in register.fields]
    rows += [(bits.lo, (bits.text, "reserved", "", "", "write 0")) for bits in register.reserved]
    rows = [row for _, row in sorted(rows, reverse=True)]
    table = _table("", ["bits", "name", "access", "reset", "what"], rows)
    return f"### {register.name}\n\n{table}"


def _field_row(field):
    values = ", ".join(f"{value} `{name}`" for name, value in field.values.items())
    what = "; ".join(text for text in (field.doc, values) if text)
    return field.bits.text, f"`{field.name}`", field.access, f"{field.reset:#x}", what


def _enum(enum):
    rows = [(value, f"`{name}`") for name, value in enum.values.items()]
    return f"## {enum.name}\n\n{enum.doc}.\n\n" + _table("", ["value", "name"], rows)


def _struct(struct):
    rows, offset = [], 0
    for member in struct.members:
        count = f"[{member.count}]" if member.count else ""
        rows.append((offset, f"`{member.name}`", member.type + count, member.doc))
        offset += member.bytes
    text = f"## struct {struct.name} ({struct.bytes} bytes)\n\n{struct.doc}. Little-endian.\n\n"
    return text + _table("", ["offset", "name", "type", "what"], rows)


def _faults(spec):
    classes = [(c.id, f"`{c.name}`", ", ".join(f"`{f}`" for f in c.fields), c.doc) for c in spec.classes]
    actions = [(a.id, f"`{a.name}`", _on(a), _params(a), a.doc) for a in spec.actions]
    return _page("Event classes and fault actions", spec.faults.name, [
        _table("Event classes", ["id", "class", "fields", "what"], classes),
        _table("Fault actions", ["id", "action", "on", "parameters (default)", "what"], actions),
    ])


def _on(action):
    return ANY if action.is_any else ", ".join(f"`{name}`" for name in action.on)


def _params(action):
    return ", ".join(f"`{param.name}` ({param.default})" for param in action.params)
