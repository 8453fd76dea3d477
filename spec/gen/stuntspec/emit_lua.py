# SPDX-License-Identifier: GPL-2.0-or-later
"""spec.lua: one table with everything that scripts, harness and reports know by name."""
import re
import textwrap

from . import ctext
from .emit_c import LICENSE

LUA_WORDS = {
    "and", "break", "do", "else", "elseif", "end", "false", "for", "function", "goto", "if", "in", "local",
    "nil", "not", "or", "repeat", "return", "then", "true", "until", "while",
}


def lua(spec):
    table = {
        "devices": {device.name: _device(device, spec) for device in spec.devices},
        "device_names": [device.name for device in spec.devices],
        "classes": {item.name: _event_class(item) for item in spec.classes},
        "class_names": [item.name for item in spec.classes],
        "actions": {item.name: _action(item, spec) for item in spec.actions},
        "action_names": [item.name for item in spec.actions],
    }
    sources = [device.source.name for device in spec.devices] + [spec.faults.name, spec.ids.name]
    return "\n".join([
        f"-- SPDX-License-Identifier: {LICENSE}",
        *textwrap.wrap(f"Generated from {', '.join(sources)} by {ctext.TOOL} lua; do not edit.",
                       ctext.COLUMNS, initial_indent="-- ", subsequent_indent="-- "),
        f"return {_value(table, '')}",
        "",
    ])


def _device(device, spec):
    return {
        "name": device.name,
        "title": device.title,
        "adjustable": device.adjustable,
        "bus": "pci" if device.pci else "isa",
        "pci": _pci(device.pci) if device.pci else {},
        "bar": _bar(device.bar),
        "memory": _bar(device.memory),
        "registers": [_register(register) for register in device.named],
        "register": {register.name: n for n, register in enumerate(device.named, 1)},
        "vectors": {vector.name: vector.index for vector in device.vectors},
        "vector_docs": {vector.name: vector.doc for vector in device.vectors},
        "events": [item.name for item in spec.classes if device.has_class(item)],
        "enums": {enum.name: enum.values for enum in device.enums},
        "enum_docs": {enum.name: enum.doc for enum in device.enums},
        "structs": {struct.name: _struct(struct) for struct in device.structs},
    }


def _pci(pci):
    return {
        "vendor": pci.vendor, "device": pci.device, "subsystem_vendor": pci.subsystem_vendor,
        "subsystem": pci.subsystem, "class": pci.class_code, "revision": pci.revision, "msi": pci.msi,
        "msix": pci.msix,
    }


def _bar(bar):
    return {"index": bar.index, "name": bar.name, "size": bar.size} if bar else {}


def _register(register):
    return {
        "name": register.name, "doc": register.doc, "offset": register.offset, "count": register.count,
        "stride": register.stride, "reset": register.reset_value,
        "rw": register.mask("rw"), "w1c": register.mask("w1c"), "w1s": register.mask("w1s"),
        "wo": register.mask("wo"), "ro": register.mask("ro"), "reserved": register.reserved_mask,
        "volatile": register.is_volatile, "side_effect": register.side_effect,
        "fields": [_field(field) for field in register.fields],
    }


def _field(field):
    return {
        "name": field.name, "doc": field.doc, "mask": field.bits.mask, "shift": field.bits.lo,
        "width": field.bits.width, "access": field.access, "reset": field.reset, "values": field.values,
    }


def _struct(struct):
    offset, fields = 0, []
    for member in struct.members:
        fields.append({
            "name": member.name, "doc": member.doc, "type": member.type, "offset": offset,
            "count": max(member.count, 1),
        })
        offset += member.bytes
    return {"size": struct.bytes, "doc": struct.doc, "fields": fields}


def _event_class(item):
    return {"id": item.id, "doc": item.doc, "fields": item.fields}


def _action(item, spec):
    return {
        "id": item.id, "doc": item.doc, "on": {event_class.name: True for event_class in item.classes(spec)},
        "any": item.is_any,
        "params": [{"name": param.name, "default": param.default} for param in item.params],
    }


def _value(value, indent):
    """A Lua expression. Dictionaries become maps, lists become sequences; short ones stay on one line."""
    if isinstance(value, (dict, list)):
        inner = indent + "    "
        if isinstance(value, dict):
            items = [f"{_key(key)} = {_value(item, inner)}" for key, item in value.items()]
        else:
            items = [_value(item, inner) for item in value]
        return _braces(items, indent, inner)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        # A decimal beyond the signed range would become a float in Lua; a hexadecimal one wraps around.
        return str(value) if value < 1 << 63 else hex(value)
    return _string(value)


def _braces(items, indent, inner):
    line = f"{{ {', '.join(items)} }}" if items else "{}"
    if "\n" not in line and len(inner) + len(line) <= ctext.COLUMNS:
        return line
    return "{\n" + "".join(f"{inner}{item},\n" for item in items) + indent + "}"


def _key(key):
    plain = re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", key) and key not in LUA_WORDS
    return key if plain else f"[{_string(key)}]"


def _string(text):
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
