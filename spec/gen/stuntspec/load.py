# SPDX-License-Identifier: GPL-2.0-or-later
"""Reads spec/ into the model. What a file says is taken as it is; check.py judges it."""
import dataclasses
import re

from . import model, schema
from .source import read_source


def load(spec_dir, problems):
    """The Spec of a directory; None after noting problems when a file does not have the right shape."""
    ids = _read(spec_dir, "ids.toml", schema.IDS, problems)
    faults = _read(spec_dir, "faults.toml", schema.FAULTS, problems)
    names = sorted(file.name for file in (spec_dir / "devices").glob("*.toml"))
    sources = [_read(spec_dir, f"devices/{name}", schema.DEVICE, problems) for name in names]
    if not names:
        problems.add("spec/devices", 1, "there is no device")
    if problems:
        return None
    spec = model.Spec(
        devices=[_device(source, ids, problems) for source in sources],
        classes=sorted((_event_class(faults, i, problems) for i in _range(faults, "class")), key=lambda c: c.id),
        actions=sorted((_action(faults, i) for i in _range(faults, "action")), key=lambda a: a.id),
        ids=ids,
        faults=faults,
    )
    for device in spec.devices:
        _borrow_window(device, spec, problems)
    return None if problems else spec


def _borrow_window(device, spec, problems):
    """A window that is like another device's has the same bytes, once, and no constants of its own."""
    data = device.source.data.get("window", {})
    if "like" not in data:
        return
    other = next((other.window for other in spec.devices if other.name == data["like"]), None)
    if other is None or "registers" in data or "array" in data:
        return problems.add(device.source.name, device.source.line(("window", "like")),
                            "'like' is the name of a device that has a window, and stands beside 'offset' alone")
    registers = [
        dataclasses.replace(byte, offset=data["offset"] + n, count=1, stride=0, is_array=False)
        for n, byte in enumerate(other.registers)
    ]
    device.window = model.Window(device.source, ("window",), data["offset"], other.size, 1, 0, registers)


def _read(spec_dir, name, table, problems):
    source = read_source(spec_dir / name, f"spec/{name}", problems)
    if source is not None:
        schema.conform(source, table, problems)
    return source


def _range(source, key):
    return range(len(source.data.get(key, [])))


def _device(source, ids, problems):
    data = source.data
    registers = [_register(source, i, problems) for i in _range(source, "register")]
    registers.sort(key=lambda register: register.offset)
    first = 0
    for register in registers:
        register.first = first
        first += register.count
    return model.Device(
        source, ("device",), data["device"]["name"], data["device"]["title"],
        adjustable=data["device"].get("adjustable", []),
        pci=_pci(source, ids) if "pci" in data else None,
        isa=model.Isa(source, ("isa",), **data["isa"]) if "isa" in data else None,
        bars=[_bar(source, i) for i in _range(source, "bar")],
        vectors=[model.Vector(source, ("vector", i), **data["vector"][i]) for i in _range(source, "vector")],
        events=[_event(source, i, problems) for i in _range(source, "event")],
        enums=[model.Enum(source, ("enum", i), **data["enum"][i]) for i in _range(source, "enum")],
        structs=[_struct(source, i) for i in _range(source, "struct")],
        registers=registers,
        reserved=[_reserved(source, i) for i in _range(source, "reserved")],
        window=_window(source, problems),
    )


def _pci(source, ids):
    data, numbers = source.data["pci"], ids.data["pci"]
    return model.Pci(
        source, ("pci",), data["class"], data.get("revision", 0), data.get("msi", 0), data.get("msix", 0),
        data.get("wake", False),
        vendor=numbers["vendor"],
        device=numbers["device"].get(source.stem),
        subsystem_vendor=numbers["subsystem_vendor"],
        subsystem=numbers["subsystem"],
    )


def _bar(source, i):
    data = source.data["bar"][i]
    return model.Bar(source, ("bar", i), data["index"], data["name"], data["size"],
                     data.get("kind", model.REGISTERS), data.get("msix_table"), data.get("msix_pba"))


def _struct(source, i):
    data = source.data["struct"][i]
    path = ("struct", i)
    members = [
        model.Member(source, path + ("fields", n), item["name"], item["type"], item.get("count", 0),
                     item["doc"])
        for n, item in enumerate(data["fields"])
    ]
    return model.Struct(source, path, data["name"], data["doc"], members)


def _array(data):
    array = data.get("array", {"count": 1, "stride": 0})
    return array["count"], array["stride"]


def _reserved(source, i):
    data = source.data["reserved"][i]
    return model.Span(source, ("reserved", i), data["offset"], data["size"], *_array(data))


def _window(source, problems):
    data = source.data.get("window")
    if data is None or "registers" not in data:
        return None
    count, stride = _array(data)
    registers = [
        _byte(source, n, data["offset"] + n, count, stride, problems) for n in range(len(data["registers"]))
    ]
    return model.Window(source, ("window",), data["offset"], len(registers), count, stride, registers)


def _byte(source, n, offset, count, stride, problems):
    """The n-th of the window. It is as the model makes it: nothing of it is stored, all of it is volatile."""
    data, path = source.data["window"]["registers"][n], ("window", "registers", n)
    fields = [
        _field(source, path + ("fields", k), item, "rw", problems) for k, item in enumerate(data.get("fields", []))
    ]
    return model.Register(
        source, path, offset, 1, count, stride, name=data["name"], doc=data["doc"], access="rw", reset=0,
        is_array="array" in source.data["window"], is_volatile=True, side_effect=True, fields=fields, reserved=[],
    )


def _register(source, i, problems):
    data = source.data["register"][i]
    path = ("register", i)
    fields = [
        _field(source, path + ("fields", n), item, data.get("access"), problems)
        for n, item in enumerate(data.get("fields", []))
    ]
    reserved = [
        _bits(source, path + ("reserved", n), text, problems)
        for n, text in enumerate(data.get("reserved", []))
    ]
    return model.Register(
        source, path, data["offset"], model.WORD_BYTES, *_array(data),
        name=data["name"], doc=data["doc"], access=data.get("access"), reset=data.get("reset", 0),
        is_array="array" in data, is_volatile=data.get("volatile", False),
        side_effect=data.get("side_effect", False), fields=fields, reserved=reserved,
    )


def _field(source, path, data, access, problems):
    return model.Field(
        source, path, data["name"], _bits(source, path + ("bits",), data["bits"], problems),
        access=data.get("access", access), reset=data.get("reset", 0), values=data.get("values", {}),
        doc=data.get("doc", ""),
    )


def _bits(source, path, text, problems):
    """"7:4" or "3". Bits that cannot be read become bit 0 after noting the problem."""
    match = re.fullmatch(r"(\d{1,3})(?::(\d{1,3}))?", text)
    hi, lo = (int(match[1]), int(match[2] or match[1])) if match else (0, 0)
    bits = model.Bits(source, path, hi, lo)
    if not match:
        problems.at(bits, f"bits '{text}' must be written as \"7:4\" or \"3\"")
    elif not lo <= hi < model.WORD_BITS:
        problems.at(bits, f"bits '{text}' must go from high to low within 31:0")
        bits.hi = bits.lo = 0
    return bits


def _event(source, i, problems):
    path, data = ("event", i), source.data["event"][i]
    return model.Event(source, path, data["class"], _values(source, path, data, problems))


def _event_class(source, i, problems):
    path, data = ("class", i), source.data["class"][i]
    return model.EventClass(
        source, path, data["name"], data["id"], data["doc"], data["fields"], data.get("of", model.ALL),
        _values(source, path, data, problems))


def _values(source, path, data, problems):
    """"0..3, 8" of each field as [(0, 3), (8, 8)]."""
    values = {}
    for field, text in data.get("values", {}).items():
        parts = [re.fullmatch(r"(0x[0-9a-f]+|\d+)(?:\.\.(0x[0-9a-f]+|\d+))?", part.strip()) for part in text.split(",")]
        stretches = [(int(part[1], 0), int(part[2] or part[1], 0)) for part in parts if part]
        if None in parts or any(first > last or last >= 1 << 64 for first, last in stretches):
            problems.add(source.name, source.line(path + ("values", field)),
                         f"values '{text}' must be written as \"0..3, 8\", within 64 bits")
        values[field] = stretches
    return values


def _action(source, i):
    data = source.data["action"][i]
    path = ("action", i)
    params = [
        model.Param(source, path + ("params", n), item["name"], item["default"], item.get("max", model.NUMBER_MAX))
        for n, item in enumerate(data.get("params", []))
    ]
    return model.Action(source, path, data["name"], data["id"], data["doc"], data["on"], params,
                        data.get("lasts", False))
