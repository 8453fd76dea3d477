# SPDX-License-Identifier: GPL-2.0-or-later
"""Which keys the TOML files have, and of what type. Meaning is checked later, in check_*.py."""
from dataclasses import dataclass
import difflib


@dataclass(frozen=True)
class Key:
    kind: object  # "text", "number", "flag", "numbers" (name = number, ...), "texts", Table, ListOf
    required: bool = False


@dataclass(frozen=True)
class Table:
    keys: dict


@dataclass(frozen=True)
class ListOf:
    kind: object


_NEED_TEXT = Key("text", True)
_NEED_NUMBER = Key("number", True)
_TEXT = Key("text")
_NUMBER = Key("number")
_FLAG = Key("flag")
_TEXTS = Key(ListOf("text"))
_ARRAY = Key(Table({"count": _NEED_NUMBER, "stride": _NEED_NUMBER}))

_FIELD = Table({
    "name": _NEED_TEXT, "bits": _NEED_TEXT, "access": _TEXT, "reset": _NUMBER, "doc": _TEXT,
    "values": Key("numbers"),
})

_REGISTER = Table({
    "name": _NEED_TEXT, "offset": _NEED_NUMBER, "doc": _NEED_TEXT, "access": _TEXT, "reset": _NUMBER,
    "array": _ARRAY, "volatile": _FLAG, "side_effect": _FLAG, "fields": Key(ListOf(_FIELD)),
    "reserved": _TEXTS,
})

# A byte of a window: the model gives it its meaning, so nothing is said of what a write does.
_BYTE = Table({
    "name": _NEED_TEXT, "doc": _NEED_TEXT,
    "fields": Key(ListOf(Table({
        "name": _NEED_TEXT, "bits": _NEED_TEXT, "reset": _NUMBER, "doc": _TEXT, "values": Key("numbers"),
    }))),
})

_MEMBER = Table({"name": _NEED_TEXT, "type": _NEED_TEXT, "count": _NUMBER, "doc": _NEED_TEXT})

DEVICE = Table({
    "device": Key(Table({"name": _NEED_TEXT, "title": _NEED_TEXT, "adjustable": _TEXTS}), True),
    "pci": Key(Table({
        "class": _NEED_NUMBER, "revision": _NUMBER, "msi": _NUMBER, "msix": _NUMBER, "wake": _FLAG,
    })),
    "isa": Key(Table({"iobase": _NEED_NUMBER, "irq": _NEED_NUMBER})),
    "bar": Key(ListOf(Table({
        "index": _NEED_NUMBER, "name": _NEED_TEXT, "size": _NEED_NUMBER, "kind": _TEXT,
        "msix_table": _NUMBER, "msix_pba": _NUMBER,
    }))),
    "vector": Key(ListOf(Table({"name": _NEED_TEXT, "index": _NEED_NUMBER, "doc": _NEED_TEXT}))),
    "event": Key(ListOf(Table({"class": _NEED_TEXT, "values": Key("texts")}))),
    "enum": Key(ListOf(Table({"name": _NEED_TEXT, "doc": _NEED_TEXT, "values": Key("numbers", True)}))),
    "struct": Key(ListOf(Table({
        "name": _NEED_TEXT, "doc": _NEED_TEXT, "fields": Key(ListOf(_MEMBER), True),
    }))),
    "register": Key(ListOf(_REGISTER)),
    "window": Key(Table({"offset": _NEED_NUMBER, "array": _ARRAY, "registers": Key(ListOf(_BYTE)), "like": _TEXT})),
    "reserved": Key(ListOf(Table({"offset": _NEED_NUMBER, "size": _NEED_NUMBER, "array": _ARRAY}))),
})

FAULTS = Table({
    "class": Key(ListOf(Table({
        "name": _NEED_TEXT, "id": _NEED_NUMBER, "doc": _NEED_TEXT, "fields": Key(ListOf("text"), True),
        "of": _TEXT, "values": Key("texts"),
    })), True),
    "action": Key(ListOf(Table({
        "name": _NEED_TEXT, "id": _NEED_NUMBER, "doc": _NEED_TEXT, "on": Key(ListOf("text"), True),
        "params": Key(ListOf(Table({"name": _NEED_TEXT, "default": _NEED_NUMBER, "max": _NUMBER}))),
        "lasts": _FLAG,
    })), True),
})

IDS = Table({
    "pci": Key(Table({
        "vendor": _NEED_NUMBER, "subsystem_vendor": _NEED_NUMBER, "subsystem": _NEED_NUMBER,
        "device": Key("numbers", True),
    }), True),
})


def conform(source, table, problems):
    """Checks a file against its table; notes each wrong key or type. True when there is none."""
    before = len(problems.found)
    _Conform(source, problems).table(source.data, table, ())
    return len(problems.found) == before


class _Conform:
    def __init__(self, source, problems):
        self.source = source
        self.problems = problems

    def wrong(self, path, message):
        self.problems.add(self.source.name, self.source.line(path), message)

    def table(self, value, table, path):
        if not isinstance(value, dict):
            return self.wrong(path, f"{_say(path)} must be a table")
        misspelt = set()
        for key in value:
            if key not in table.keys:
                near = difflib.get_close_matches(key, table.keys, 1)
                hint = f"; did you mean '{near[0]}'?" if near else ""
                self.wrong(path + (key,), f"unknown key '{key}'{hint}")
                misspelt.update(near)
        for key, expected in table.keys.items():
            if key in value:
                self.value(value[key], expected.kind, path + (key,))
            elif expected.required and key not in misspelt:
                self.wrong(path, f"{_say(path)} needs the key '{key}'")

    def value(self, value, kind, path):
        if isinstance(kind, Table):
            self.table(value, kind, path)
        elif isinstance(kind, ListOf):
            self.list(value, kind, path)
        else:
            getattr(self, kind)(value, path)

    def list(self, value, kind, path):
        if not isinstance(value, list):
            brackets = f"; write [[{path[-1]}]]" if len(path) == 1 else ""
            return self.wrong(path, f"{_say(path)} must be a list{brackets}")
        for number, item in enumerate(value):
            self.value(item, kind.kind, path + (number,))

    def text(self, value, path):
        if not isinstance(value, str):
            self.wrong(path, f"{_say(path)} must be text in quotes")
        elif not value.isprintable() or value.strip() != value or not value:
            self.wrong(path, f"{_say(path)} must be one line of text without blanks around it")

    def number(self, value, path):
        if not isinstance(value, int) or isinstance(value, bool):
            self.wrong(path, f"{_say(path)} must be a whole number")
        elif not 0 <= value < 1 << 64:
            self.wrong(path, f"{_say(path)} must fit into 64 bits without sign")

    def flag(self, value, path):
        if not isinstance(value, bool):
            self.wrong(path, f"{_say(path)} must be true or false")

    def numbers(self, value, path):
        if not isinstance(value, dict):
            return self.wrong(path, f"{_say(path)} must be a table of numbers")
        for key, item in value.items():
            self.number(item, path + (key,))

    def texts(self, value, path):
        if not isinstance(value, dict):
            return self.wrong(path, f"{_say(path)} must be a table of texts")
        for key, item in value.items():
            self.text(item, path + (key,))


def _say(path):
    """A path for people: ('register', 3, 'offset') is "offset", ('register', 3) is "[[register]]"."""
    if not path:
        return "the file"
    if isinstance(path[-1], str):
        return f"'{path[-1]}'"
    return f"[[{path[0]}]]" if len(path) == 2 else f"an entry of '{path[-2]}'"
