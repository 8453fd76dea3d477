# SPDX-License-Identifier: GPL-2.0-or-later
"""A TOML file with the place of everything in it, and the list of what is wrong."""
import pathlib
import re
import tomllib

from .locate import line_map


class Problems:
    """Collects what is wrong, each with file and line."""

    def __init__(self):
        self.found = []

    def add(self, file, line, message):
        self.found.append((str(file), line, message))

    def at(self, node, message, *key):
        """Adds a problem of a model node, at the line of one of its keys (default: its own)."""
        self.add(node.source.name, node.source.line(node.path + key), message)

    def __bool__(self):
        return bool(self.found)

    def lines(self):
        """As text, ordered by file and line, each once."""
        return [f"{file}:{line}: {message}" for file, line, message in sorted(set(self.found))]


class Source:
    """One parsed file. `name` is how messages and generated files call it."""

    def __init__(self, name, text):
        self.name = name
        self.stem = pathlib.PurePosixPath(name).stem
        self.data = tomllib.loads(text)
        self._lines = line_map(text)

    def line(self, path):
        """Line of a path; of the nearest thing around it when the path itself is not in the text."""
        while path not in self._lines:
            path = path[:-1]
        return self._lines[path]


def read_source(file, name, problems):
    """Reads a file; None after noting a problem when it cannot be read or is not TOML."""
    try:
        return Source(name, file.read_text(encoding="utf-8"))
    except OSError as error:
        problems.add(name, 1, f"cannot be read: {error.strerror}")
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        problems.add(name, line, "is not UTF-8")
    except tomllib.TOMLDecodeError as error:
        problems.add(name, *_split_position(str(error), file))
    return None


def _split_position(message, file):
    """tomllib puts the position at the end of the message, "(at line 5, column 3)"."""
    match = re.fullmatch(r"(.*) \(at line (\d+), column \d+\)", message)
    if match:
        return int(match[2]), match[1]
    last = file.read_text(encoding="utf-8").count("\n") + 1
    return last, message.removesuffix(" (at end of document)") + " at the end of the file"
