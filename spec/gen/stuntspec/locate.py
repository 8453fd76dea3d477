# SPDX-License-Identifier: GPL-2.0-or-later
"""Line numbers for TOML: tomllib gives values without them, this gives the lines without values.

The text must be one that tomllib has accepted; so the scan never has to judge syntax, only to follow it.
"""


def line_map(text):
    """Maps each path, as ('register', 3, 'fields', 0, 'bits'), to its line (from 1)."""
    return _Scan(text).document()


class _Scan:
    def __init__(self, text):
        self.text = text
        self.pos = 0
        self.lines = {(): 1}
        self.arrays = {}  # path of an array of tables -> number of its tables

    def document(self):
        table = ()
        while self._skip(" \t\r\n"):
            if self.text[self.pos] == "[":
                table = self._header()
            else:
                self._pair(table)
        return self.lines

    def _header(self):
        start = self.pos
        is_array = self.text.startswith("[[", self.pos)
        self.pos += 2 if is_array else 1
        path = self._resolve(self._key())
        self._skip(" \t")
        self.pos += 2 if is_array else 1
        if is_array:
            number = self.arrays.get(path, 0)
            self.arrays[path] = number + 1
            self._note(path, start)
            path += (number,)
        self._note(path, start)
        return path

    def _resolve(self, keys):
        """A header's keys as a path: a name of an array of tables means the last of them."""
        path = ()
        for key in keys[:-1]:
            path += (key,)
            if path in self.arrays:
                path += (self.arrays[path] - 1,)
        return path + (keys[-1],)

    def _pair(self, table):
        start = self.pos
        path = table
        for key in self._key():
            path += (key,)
            self._note(path, start)
        self._skip(" \t")
        self.pos += 1  # =
        self._value(path)

    def _key(self):
        """A possibly dotted key, as a list."""
        keys = []
        while True:
            self._skip(" \t")
            start = self.pos
            if self.text[self.pos] in "\"'":
                self._string()
                keys.append(self.text[start + 1 : self.pos - 1])
            else:
                while self.text[self.pos] not in " \t.=]":
                    self.pos += 1
                keys.append(self.text[start : self.pos])
            self._skip(" \t")
            if self.text[self.pos] != ".":
                return keys
            self.pos += 1

    def _value(self, path):
        self._skip(" \t")
        first = self.text[self.pos]
        if first in "\"'":
            self._string()
        elif first == "[":
            self._list(path)
        elif first == "{":
            self._inline_table(path)
        else:
            while self.pos < len(self.text) and self.text[self.pos] not in ",]}#\r\n":
                self.pos += 1

    def _list(self, path):
        self.pos += 1
        number = 0
        while self._skip(" \t\r\n,") and self.text[self.pos] != "]":
            self._note(path + (number,), self.pos)
            self._value(path + (number,))
            number += 1
        self.pos += 1

    def _inline_table(self, path):
        self.pos += 1
        while self._skip(" \t,") and self.text[self.pos] != "}":
            self._pair(path)
        self.pos += 1

    def _string(self):
        quote = self.text[self.pos]
        if self.text.startswith(quote * 3, self.pos):
            quote *= 3
        self.pos += len(quote)
        while not self.text.startswith(quote, self.pos):
            self.pos += 2 if quote[0] == '"' and self.text[self.pos] == "\\" else 1
        self.pos += len(quote)
        while len(quote) == 3 and self.text.startswith(quote[0], self.pos):
            self.pos += 1  # a quote that belongs to the text, just before the closing ones

    def _skip(self, what):
        """Skips these characters and comments. False at the end of the text."""
        while self.pos < len(self.text):
            if self.text[self.pos] == "#":
                end = self.text.find("\n", self.pos)
                self.pos = len(self.text) if end < 0 else end
            elif self.text[self.pos] in what:
                self.pos += 1
            else:
                return True
        return False

    def _note(self, path, pos):
        self.lines.setdefault(path, self.text.count("\n", 0, pos) + 1)
