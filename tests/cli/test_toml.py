#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The TOML reader against Python's tomllib: the same tree, or refused by both; and how refusals are told."""
import json
import pathlib
import random
import subprocess
import sys
import tempfile
import tomllib
import unittest

DUMP = sys.argv.pop(1)

GOOD = [
    "", "\n\n", "# only a comment", "a = 1", "a=1\n", "a = 1 # c", "\ta\t=\t1\t\n", "a = 1\r\nb = 2\r\n",
    "1234 = 1\na-b_C = 2", '"" = 1', "'a.b' = 1\n\"c d\" = 2", '"\\u00e9" = 1', "a.b.c = 1\na.b.d = 2\na.e = 3", "a . b = 1",
    'a."b.c".d = 1', "3.14 = 1",
    # integers
    "a = 0", "a = -0", "a = +0", "a = +99", "a = -17", "a = 1_000", "a = 5_349_221", "a = 0xDEADBEEF", "a = 0xdead_beef",
    "a = 0o755", "a = 0b1101_0110", "a = 0x00", "a = 9223372036854775807", "a = -9223372036854775808", "a = 0xffffffffffffffff",
    # floats
    "a = 1.0", "a = 3.1415", "a = -0.01", "a = 5e+22", "a = 1e06", "a = -2E-2", "a = 6.626e-34", "a = 224_617.445_991_228",
    "a = 0.0", "a = -0.0", "a = 0e0", "a = 1e400", "a = 0.1e1", "a = 4.9e-324",
    # booleans
    "a = true\nb = false",
    # strings
    'a = ""', "a = ''", 'a = "b\\t\\n\\f\\r\\b\\"\\\\"', 'a = "\\u00E9\\U0001F600"', "a = 'C:\\x\\y'", "a = 'a\tb'", 'a = "é 漢 😀"',
    'a = """"""', 'a = """\nx"""', 'a = """\n\nx"""', 'a = """a\\\n   b"""', 'a = """a\\  \n\n\t b"""', 'a = """"q" ""x"""',
    'a = """x"""""', 'a = """x""""', "a = '''\nI'm ''x'''''", "a = '''x\\y'''", 'a = """x\r\ny"""', 'a = """a \\" b"""', "a = '''a\n\"\"\" b'''",
    'a = "# no comment" # one', 'a = """\\\n  """',
    # arrays
    "a = []", "a = [1,2,3]", "a = [ 1, 2, 3, ]", "a = [\n1, # c\n2\n, # d\n]", 'a = [1, "x", true, 1.5, [2], {b = 1}]', "a = [[],[[]]]",
    "a = [\n\n# only\n\n]", "a = [{b=1},{b=2}]",
    # inline tables
    "a = {}", "a = { b = 1 }", "a = {b=1,c={d=2}}", "a = { b.c = 1, b.d = 2 }", 'a = { "x y" = 1, \'z\' = [1,\n2] }', "a = {b = {}}",
    # tables
    "[a]", "[a]\nb = 1\n[c]\nd = 2", "[a.b.c]\nd = 1", "[ a . b ]", "[a.b]\n[a]\nc = 1", "[a]\n[a.b]", '["a b".c]', "[a]\n\n# x\n  b = 1",
    "[a.b]\nc=1\n[a.d]\ne=1\n[a]\nf=1", "a.b = 1\n[c]\na.b = 2", "[a]\nb.c = 1\n[a.b.d]\ne = 1", "[a.b.c]\nz=1\n[a]\nb.d=1",
    "[a] # c\nb=1", "[[a]] # c\nb=1",
    # arrays of tables
    "[[a]]", "[[a]]\nb=1\n[[a]]\nb=2", "[[a]]\n[a.b]\nc=1\n[[a]]\n[a.b]\nc=2", "[[a.b]]\n[[a.b]]", "[[a]]\n[[a.b]]\nx=1\n[[a.b]]\nx=2\n[[a]]\n[[a.b]]",
    "[[ a ]]", "[[a.b]]\n[a]\nc = 1", "[[a]]\nb.c = 1\nb.d = 2", "[x]\n[[x.y]]\n[x.y.z]\na=1",
    # a plan
    '[[rule]]\ndevice = "dma0"\nat = "dma.read"\nmatch = { channel = 1, addr = { value = 0x1000, mask = 0xfff } }\nnth = 3\n'
    'action = "corrupt"\nparams = { offset = 17, xor = 0x80 }\n',
]

BAD = [
    "a", "a =", "a = \n", "= 1", "a = 1 b = 2", "a b = 1", "a = 1\na = 2", "a.b = 1\na = 2", "a = 1\na.b = 2", ".a = 1", "a. = 1", "a..b = 1",
    "é = 1", '"""a""" = 1', "a = 1\rb = 2", "# \x01", "# \x7f", "a = 'x\x01'", "\ufeffa = 1",
    "a = 01", "a = 1__0", "a = _1", "a = 1_", "a = 0x", "a = 0xg", "a = +0x1", "a = 0X1", "a = 0b2", "a = 0o8", "a = 0x_1", "a = -", "a = +",
    "a = 1.", "a = .5", "a = 1.e5", "a = 1e", "a = 1e+", "a = 01.5", "a = 1_.5", "a = 1._5", "a = 1.5_", "a = 1e_5", "a = 1.2.3", "a = --1", "a = 1x",
    "a = True", "a = tru", "a = yes", "a = truex",
    'a = "x', 'a = "x\ny"', "a = 'x\ny'", 'a = "\\x"', 'a = "\\u12"', 'a = "\\uD800"', 'a = "\\U00110000"', 'a = "\\ "', 'a = """x', 'a = """x""""""',
    "a = '''x''''''", 'a = """\\x"""', 'a = "\x0b"', 'a = """a\\ b"""', "a = 'x''y'",
    "a = [1", "a = [1 2]", "a = [,]", "a = [1,,2]", "a = [1]]", "a = [1}", "a = [1, # c",
    "a = {", "a = {b}", "a = {b=1,}", "a = {b=1 c=2}", "a = {\nb=1}", "a = {b=1\n}", "a = {b=1, b=2}", "a = {b=1}\na.c=2", "a = {b={c=1}}\n[a.b]",
    "a = {b={c=1}, b.d=2}", "a = {b.c=1, b={}}", "a = {b=1}\n[a]", "a = {b=1}\n[a.c]", "a = {}\n[[a]]", "a = { # c\nb=1}",
    "[]", "[a", "[a]]", "[a] b", "[a]b=1", "[a.]", "[.a]", "[a..b]", "[a]\n[a]", "[a.b]\n[a]\n[a.b]", "a = 1\n[a]", "[a]\nb = 1\n[a.b]", "[a\n]", "[\na]",
    "[[a]", "[[a] ]", "[ [a]]", "[[a]]b=1", "[a]\n[[a]]", "[[a]]\n[a]", "a = []\n[[a]]", "a = [{}]\n[a.b]", "[a.b]\n[[a]]", "a = [{b=1}]\n[[a]]", "[[a.b]]\n[a.b]",
    "[a]\nb.c = 1\n[a.b]", "a.b.c = 1\n[a]", "a.b.c = 1\n[a.b]", "[a.b.c]\nz=1\n[a]\nb.c.d=1", "[[a]]\n[b]\n[[b]]", "[a.b]\n[a]\nb = 1", "[a]\nb.c=1\nb=2",
    "[[a]]\nb = 1\n[a.b]", "a.b = 1\n[a.b]", "[a]\nb = 1\nb.c = 2", "[a.b]\nx=1\n[a]\nb.y=2",
]

# Taken by tomllib and not here: (document, message).
NOT_TAKEN = [
    ("a = 1979-05-27", "it:1:5: dates and times are not taken"), ("a = 1979-05-27T07:32:00Z", "it:1:5: dates and times"),
    ("a = 07:32:00", "it:1:5: dates and times"), ("a = [1979-05-27]", "it:1:6: dates"), ("a = inf", "it:1:5: infinite"),
    ("a = -nan", "it:1:5: infinite"), ("a = 18446744073709551616", "it:1:5: 18446744073709551616 does not fit into 64 bits"),
    ("a = -9223372036854775809", "does not fit into 64 bits"), ("a = 0x10000000000000000", "does not fit"),
    ('a = "\\u0000"', "U+0000 is not taken"), ("a = " + "[" * 40 + "]" * 40, "more than 32 values are nested"),
]

MESSAGES = [
    ("a = 1\nb = \n", "it:2:5: a value is missing"), ("a = 1 2", "it:1:7: the line should end here"), ("a = word", "it:1:5: 'word' is no value; a string stands in quotes"),
    ("[a]\nb = 1\nb = 2", "it:3:1: already has a value: 'b'"), ("[a]\n[a]", "it:2:2: already is a table of its own: 'a'"),
    ("é = 1", "it:1:1: a key is missing"), ("a = 'é' x", "it:1:9: the line should end here"), ('a = "x', "it:1:5: the string does not end on its line"),
    ('a = """\nx', "it:1:5: the string does not end"), ('a = "\\q"', "it:1:6: no such escape"), ("a b", "it:1:3: '=' is missing behind the key 'a'"),
    ("[a", "it:1:3: ']' is missing"), ("a = [1 2]", "it:1:8: ',' or ']' is missing"), ("a = {b = 1,\n}", "it:1:12: a key is missing"),
    ('a = "\\uD800"', "it:1:8: U+D800 is no character"),
]


def expected(value):
    """A tree of tomllib in the form that toml-dump prints."""
    if isinstance(value, dict):
        return {key: expected(item) for key, item in value.items()}
    if isinstance(value, list):
        return [expected(item) for item in value]
    if isinstance(value, bool) or isinstance(value, str):
        return value
    if isinstance(value, int):
        return {"<int>": str(value)}
    return {"<float>": value.hex()} if isinstance(value, float) else repr(value)


def same_floats(tree):
    """C and Python write hexadecimal floats differently."""
    if isinstance(tree, dict):
        if "<float>" in tree:
            return {"<float>": float.fromhex(tree["<float>"]).hex()}
        return {key: same_floats(item) for key, item in tree.items()}
    return [same_floats(item) for item in tree] if isinstance(tree, list) else tree


def parse(documents):
    """What toml-dump says of each: a tree, or the text of an error."""
    with tempfile.TemporaryDirectory() as folder:
        files = []
        for number, document in enumerate(documents):
            files.append(pathlib.Path(folder) / str(number))
            files[-1].write_bytes(document if isinstance(document, bytes) else document.encode())
        done = subprocess.run([DUMP, *files], capture_output=True, text=True, check=True, encoding="utf-8")
    lines = done.stdout.split("\n")[:-1]
    assert len(lines) == len(documents), done.stdout
    return [line[6:] if line.startswith("ERROR ") else same_floats(json.loads(line)) for line in lines]


def reference(document):
    try:
        return expected(tomllib.loads(document))
    except (tomllib.TOMLDecodeError, RecursionError):
        return None


class Toml(unittest.TestCase):
    def test_good_documents(self):
        for document, tree in zip(GOOD, parse(GOOD)):
            self.assertEqual(tree, reference(document), repr(document))

    def test_bad_documents(self):
        for document, message in zip(BAD, parse(BAD)):
            self.assertIsNone(reference(document), f"tomllib takes {document!r}")
            self.assertIsInstance(message, str, repr(document))
            self.assertRegex(message, r"^it:\d+:\d+: ", repr(document))

    def test_what_is_not_taken(self):
        for (document, text), message in zip(NOT_TAKEN, parse([row[0] for row in NOT_TAKEN])):
            self.assertIsNotNone(reference(document), repr(document))
            self.assertIsInstance(message, str, repr(document))
            self.assertIn(text, message, repr(document))

    def test_messages(self):
        for (document, text), message in zip(MESSAGES, parse([row[0] for row in MESSAGES])):
            self.assertIsInstance(message, str, repr(document))
            self.assertTrue(message.startswith(text), f"{document!r}: {message}")

    def test_bytes_that_are_no_text(self):
        messages = parse([b"a = '\xff'", b"a = 1 \0"])
        self.assertEqual(messages, [f"it: byte {at} is no part of a UTF-8 text" for at in (6, 7)])

    def test_documents_with_changes(self):
        """Good ones with signs taken out, put in and doubled, and cut into each other: both readers agree."""
        dice = random.Random(1)
        signs = "[]{}=.,'\"\\#\n\t _-+0x1e:ab\r"
        documents = []
        for _ in range(1500):
            text = list(dice.choice(GOOD) + dice.choice(["", "\n"]) + dice.choice(GOOD))
            for _ in range(dice.randint(1, 3)):
                at = dice.randint(0, len(text))
                how = dice.randint(0, 2)
                text[at:at + (how != 0)] = [] if how == 1 else [dice.choice(signs)]
            documents.append("".join(text))
        for document, tree in zip(documents, parse(documents)):
            wanted = reference(document)
            if isinstance(tree, str) and any(word in tree for word in ("not taken", "64 bits", "are nested")):
                continue
            self.assertEqual(None if isinstance(tree, str) else tree, wanted, f"{document!r}: {tree}")


if __name__ == "__main__":
    unittest.main()
