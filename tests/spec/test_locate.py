#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Line numbers of TOML keys are right, whatever way they are written."""
import tomllib
import unittest

import toy  # noqa: F401  (puts the generator on the path)
from stuntspec.locate import line_map

TRICKY = '''\
a = 1 # not = [a] "key
"quoted key" = 'C:\\'
'b' = """
[not.a.header]
c = "\\"""
"""
d = \'\'\'x = 1
''\'\'\'

[table]
e.f = 2
[ table . sub ]   # comment
g = [ 1, # one ]
  2, [
    3 ],
]
h = { i = 1, j = { k = [ "]", "}" ] }, "l m" = 2 }
when = 1979-05-27 07:32:00

[[array]]
n = 1
[array.sub]
o = 1
[[array]]
n = 2
[[array.inner]]
p = [
  { q = 1 },
  { q = 2, r = 3 }
]
[[array.inner]]
p = 0'''

LINES = {
    ("a",): 1, ("quoted key",): 2, ("b",): 3, ("d",): 7, ("table",): 10, ("table", "e"): 11,
    ("table", "e", "f"): 11, ("table", "sub"): 12, ("table", "sub", "g"): 13, ("table", "sub", "g", 0): 13,
    ("table", "sub", "g", 1): 14, ("table", "sub", "g", 2): 14, ("table", "sub", "g", 2, 0): 15,
    ("table", "sub", "h", "i"): 17, ("table", "sub", "h", "j", "k", 1): 17, ("table", "sub", "h", "l m"): 17,
    ("table", "sub", "when"): 18, ("array",): 20, ("array", 0): 20, ("array", 0, "n"): 21,
    ("array", 0, "sub"): 22, ("array", 0, "sub", "o"): 23, ("array", 1): 24, ("array", 1, "n"): 25,
    ("array", 1, "inner", 0): 26, ("array", 1, "inner", 0, "p", 0, "q"): 28,
    ("array", 1, "inner", 0, "p", 1, "q"): 29, ("array", 1, "inner", 0, "p", 1, "r"): 29,
    ("array", 1, "inner", 1): 31, ("array", 1, "inner", 1, "p"): 32,
}


def paths(value, path=()):
    """Every path of parsed TOML."""
    yield path
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in items:
        yield from paths(item, path + (key,))


class Locate(unittest.TestCase):
    def test_lines_of_a_tricky_file(self):
        tomllib.loads(TRICKY)  # it is TOML
        found = line_map(TRICKY)
        for path, line in LINES.items():
            with self.subTest(path):
                self.assertEqual(found.get(path), line)

    def test_paths_are_those_of_the_parser(self):
        texts = [TRICKY, TRICKY.replace("\n", "\r\n"), *toy.FILES.values()]
        texts += [file.read_text() for file in (toy.TOP / "spec").rglob("*.toml")]
        for text in texts:
            self.assertEqual(set(line_map(text)), set(paths(tomllib.loads(text))))


if __name__ == "__main__":
    unittest.main()
