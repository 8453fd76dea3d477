#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Each kind of mistake in a spec is met with one message, at the right file and line."""
import unittest

from toy import ToyCase

DEVICE, FAULTS, IDS = "devices/toy.toml", "faults.toml", "ids.toml"
WINDOW = ("[window]\noffset = 0x40\narray = { count = 2, stride = 8 }\nregisters = [\n"
          '  { name = "W_A", doc = "A" },\n  { name = "W_B", doc = "B", fields = [{ name = "F", bits = "7:0" }] },\n'
          '  { name = "W_C", doc = "C" },\n  { name = "W_D", doc = "D" },\n]\n')
WINDOW_BAR = '[[bar]]\nindex = 2\nname = "io"\nkind = "window"\nsize = 8\n'
GAP = '[[reserved]]\noffset = 0x34\nsize = 0xc\n[[reserved]]\noffset = 0x44\nsize = 4\n'
END = 'doc = "Starts work"\n'  # last line of the device

# (name, file, text to replace, text in its place, text in the line to be named, message)
CASES = [
    # TOML itself
    ("syntax", DEVICE, 'title = "A', "title = A", "title = A", "Invalid value"),
    ("syntax at the end", DEVICE, END, 'doc = """x\n', None, "Unterminated string at the end of the file"),
    ("key twice", DEVICE, "class = 0x088000", "class = 1\nclass = 2", "class = 2",
     "Cannot overwrite a value"),
    # shape
    ("unknown key", DEVICE, "volatile = true", "volatil = true", "volatil =",
     "unknown key 'volatil'; did you mean 'volatile'?"),
    ("unknown table", DEVICE, "[[enum]]", "[[enums]]", "[[enums]]",
     "unknown key 'enums'; did you mean 'enum'?"),
    ("unknown field key", DEVICE, '{ name = "CODE", bits = "15:8",', '{ name = "CODE", bit = "15:8",',
     '"CODE"', "unknown key 'bit'; did you mean 'bits'?"),
    ("key missing", DEVICE, 'offset = 0x30\n', "", '[[register]]\nname = "DOORBELL"',
     "[[register]] needs the key 'offset'"),
    ("field key missing", DEVICE, '{ name = "CODE", bits = "15:8",', '{ name = "CODE",', '"CODE"',
     "an entry of 'fields' needs the key 'bits'"),
    ("table missing", DEVICE, "[pci]\nclass = 0x088000\nmsi = 2\nmsix = 2\n", "", "[device]",
     "a device needs either [pci] or [isa]"),
    ("both buses", DEVICE, "[pci]\n", "[isa]\niobase = 0x3f8\nirq = 4\n[pci]\n", "[device]",
     "a device needs either [pci] or [isa]"),
    ("a board with registers", DEVICE, "[pci]\nclass = 0x088000\nmsi = 2\nmsix = 2\n", "[isa]\niobase = 0x3f8\nirq = 4\n", "[isa]",
     "a device with [isa] has a [window] at offset 0, and neither [[bar]] nor [[register]]"),
    ("window like nobody's", DEVICE, END, END + '[window]\noffset = 0x40\nlike = "joy"\n', 'like = "joy"',
     "'like' is the name of a device that has a window"),
    ("number as text", DEVICE, "offset = 0x30", 'offset = "0x30"', 'offset = "0x30"',
     "'offset' must be a whole number"),
    ("negative number", DEVICE, "offset = 0x30", "offset = -4", "offset = -4",
     "'offset' must fit into 64 bits without sign"),
    ("flag as number", DEVICE, "volatile = true", "volatile = 1", "volatile = 1",
     "'volatile' must be true or false"),
    ("text as number", DEVICE, 'doc = "Starts work"', "doc = 5", "doc = 5", "'doc' must be text in quotes"),
    ("empty text", DEVICE, 'doc = "Starts work"', 'doc = ""', 'doc = ""', "'doc' must be one line of text"),
    ("text of two lines", DEVICE, 'doc = "Starts work"', 'doc = "a\\nb"', 'doc = "a',
     "'doc' must be one line"),
    ("one bracket", DEVICE, "[[bar]]", "[bar]", "[bar]", "'bar' must be a list; write [[bar]]"),
    ("list as text", DEVICE, 'reserved = ["7:1", "31:16"]', 'reserved = "7:1"', 'reserved = "7:1"',
     "'reserved' must be a list"),
    ("table as number", DEVICE, "array = { count = 2, stride = 0x10 }\naccess", "array = 2\naccess",
     "array = 2", "'array' must be a table"),
    ("values as list", DEVICE, "{ COPY = 1, FILL = 2 }", "[1, 2]", "values = [1",
     "'values' must be a table of"),
    # device
    ("device not as its file", DEVICE, 'name = "toy"', 'name = "joy"', 'name = "joy"',
     "device 'joy' must have the name of its file, 'toy'"),
    ("class too big", DEVICE, "class = 0x088000", "class = 0x1000000", "class =",
     "class is 0x1000000, more than"),
    ("msi no power of two", DEVICE, "msi = 2", "msi = 3", "msi = 3",
     "msi is 3; it must be a power of two up to"),
    ("two bars", DEVICE, "[[vector]]\nname = \"DONE\"", '[[bar]]\nindex = 2\nname = "b"\nsize = 0x1000\n'
     'msix_table = 0\nmsix_pba = 0x20\n[[vector]]\nname = "DONE"', "[device]",
     "a device has exactly one [[bar]] for its registers"),
    ("event of no class", DEVICE, "[[enum]]", '[[event]]\nclass = "job.strat"\n\n[[enum]]', 'class = "job.strat"',
     "unknown event class 'job.strat'; did you mean 'job.start'?"),
    ("event that all have", DEVICE, "[[enum]]", '[[event]]\nclass = "reset"\n\n[[enum]]', 'class = "reset"',
     "events of class 'reset' need not be told: the class is of 'all' devices"),
    ("event twice", DEVICE, "[[enum]]", '[[event]]\nclass = "job.start"\n\n[[event]]  # 2\nclass = "job.start"\n\n[[enum]]',
     "# 2", "event of class 'job.start' is already in line"),
    ("values of no field", FAULTS, 'of = "some"', 'of = "some"\nvalues = { vectr = "1" }', "vectr",
     "job.start has no field 'vectr'"),
    ("values that are none", FAULTS, 'fields = ["vector", "mode"]', 'fields = ["vector", "mode"]\nvalues = { mode = "0-2" }',
     "0-2", "values '0-2' must be written as \"0..3, 8\", within 64 bits"),
    ("values backwards", FAULTS, 'fields = ["vector", "mode"]', 'fields = ["vector", "mode"]\nvalues = { mode = "2..0" }',
     "2..0", "values '2..0' must be written as"),
    ("values as number", FAULTS, 'fields = ["vector", "mode"]', 'fields = ["vector", "mode"]\nvalues = { mode = 2 }',
     "mode = 2", "'mode' must be text in quotes"),
    ("class of nobody", FAULTS, 'of = "some"', 'of = "smoe"', 'of = "smoe"',
     "class 'job.start' is of unknown devices 'smoe'; did you mean 'some'?"),
    ("bar kind", DEVICE, 'name = "regs"', 'name = "regs"\nkind = "memroy"', 'kind = "memroy"',
     "unknown kind 'memroy'; did you mean 'memory'?"),
    ("memory over another bar", DEVICE, "[[vector]]\nname = \"DONE\"", '[[bar]]\nindex = 0  # 2\nname = "ram"\n'
     'kind = "memory"\nsize = 0x1000\n[[vector]]\nname = "DONE"', "index = 0  # 2",
     "BAR 0 is taken by 'regs'"),
    ("memory in the last bar", DEVICE, "[[vector]]\nname = \"DONE\"", '[[bar]]\nindex = 5\nname = "ram"\n'
     'kind = "memory"\nsize = 0x1000\n[[vector]]\nname = "DONE"', "index = 5", "index is 0x6, more than 0x5"),
    ("memory size", DEVICE, "[[vector]]\nname = \"DONE\"", '[[bar]]\nindex = 2\nname = "ram"\n'
     'kind = "memory"\nsize = 0x800\n[[vector]]\nname = "DONE"', "size = 0x800",
     "size 0x800 must be a power of two from 0x1000"),
    ("memory with MSI-X table", DEVICE, "[[vector]]\nname = \"DONE\"", '[[bar]]\nindex = 2\nname = "ram"\n'
     'kind = "memory"\nsize = 0x1000\nmsix_table = 0\n[[vector]]\nname = "DONE"', "msix_table = 0\n",
     "'msix_table' belongs to the BAR with the registers"),
    ("bar of no window", DEVICE, "[[vector]]\nname = \"DONE\"", WINDOW_BAR + '[[vector]]\nname = "DONE"', 'kind = "window"',
     "it shows the [window], but there is none"),
    ("bar not as its window", DEVICE, END, END + GAP + WINDOW + WINDOW_BAR.replace("size = 8", "size = 16"), "size = 16",
     "size is 0x10, but the window has 2 elements of 4 bytes"),
    ("two bars of a window", DEVICE, END, END + GAP + WINDOW + WINDOW_BAR + WINDOW_BAR.replace("2", "3").replace("io", "ia"),
     "[device]", "a device has at most one [[bar]] of window"),
    ("window over a register", DEVICE, END, END + WINDOW.replace("0x40", "0x30  # w"), "offset = 0x30  # w",
     "[window] at 0x30 overlaps DOORBELL (line"),
    ("window behind a hole", DEVICE, END, END + WINDOW, "offset = 0x40", "hole of 0xc bytes at 0x34, between DOORBELL and"),
    ("window of three bytes", DEVICE, END, END + GAP + WINDOW.replace('  { name = "W_D", doc = "D" },\n', ""), "[window]",
     "size 0x3 must be a multiple of 4"),
    ("byte called like a register", DEVICE, END, END + GAP + WINDOW.replace("W_D", "CTRL"), '{ name = "CTRL"',
     "register 'CTRL' is already in line"),
    ("byte with nine bits", DEVICE, END, END + GAP + WINDOW.replace("7:0", "8:0"), 'bits = "8:0"',
     "bits '8:0' are not in the 8 bits of a byte"),
    ("byte with access", DEVICE, END, END + GAP + WINDOW.replace('doc = "D"', 'doc = "D", access = "ro"'), '"W_D"',
     "unknown key 'access'"),
    ("bar size", DEVICE, "size = 0x1000", "size = 0x1001", "size = 0x1001",
     "must be a power of two from 0x10"),
    ("bar index", DEVICE, "index = 0\nname = \"regs\"", "index = 6\nname = \"regs\"", "index = 6",
     "index is 0x6, more than 0x5"),
    ("no MSI-X table", DEVICE, "msix_table = 0x800\n", "", "[[bar]]", "'msix_table' is missing, though"),
    ("MSI-X table alignment", DEVICE, "msix_table = 0x800", "msix_table = 0x804", "msix_table = 0x804",
     "msix_table 0x804 must be a multiple of 8"),
    ("MSI-X PBA outside", DEVICE, "msix_pba = 0xc00", "msix_pba = 0x1000", "msix_pba =",
     "the MSI-X PBA ends at 0x1008, outside of its BAR"),
    ("vector name twice", DEVICE, 'name = "ERROR"', 'name = "DONE"', 'name = "DONE"  # 2',
     "vector 'DONE' is already in line"),
    ("vector index twice", DEVICE, "index = 1", "index = 0  # 2", "index = 0  # 2",
     "vector with index '0' is already in line"),
    ("vector gap", DEVICE, "index = 1", "index = 2", "index = 2",
     "vector 'ERROR' has index 2, but there is no vector 1"),
    ("msix mismatch", DEVICE, "msix = 2", "msix = 3", "msix = 3", "msix is 3, but there are 2 [[vector]]"),
    ("msi mismatch", DEVICE, "msi = 2", "msi = 1", "msi = 1", "msi is 1, but there are 2 [[vector]]"),
    ("empty enum", DEVICE, "{ COPY = 1, FILL = 2 }", "{}", "values = {}", "enum 'OP' has no values"),
    ("enum value twice", DEVICE, "FILL = 2", "FILL = 1", "FILL = 1",
     "value 1 has two names, 'COPY' and 'FILL'"),
    ("enum value name", DEVICE, "FILL = 2", "Fill = 2", "Fill = 2", "'Fill' is no good name here"),
    ("enum value too big", DEVICE, "FILL = 2", "FILL = 0x100000000", "FILL",
     "value 'FILL' is 0x100000000, more"),
    ("member type", DEVICE, 'type = "u32"', 'type = "u33"', '"len"',
     "unknown type 'u33'; did you mean 'u32'?"),
    ("member twice", DEVICE, 'name = "len"', 'name = "addr"', '"u32"', "member 'addr' is already in line"),
    ("member is a word of C", DEVICE, 'name = "len"', 'name = "long"', '"long"', "'long' is a word of C"),
    ("hole in structure", DEVICE, 'type = "u64"', 'type = "u8"', '"u32"',
     "'len' would stand at 1, which is no multiple of 4: put 3 bytes before it"),
    ("hole at the end", DEVICE, ', count = 2, doc = "0"', ', doc = "0"', '[[struct]]',
     "structure 'desc' has 14 bytes, which is no multiple of 8: add 2 bytes at its end"),
    # registers
    ("register twice", DEVICE, 'name = "CH_STATUS"', 'name = "CH_BASE"', 'name = "CH_BASE"  # 2',
     "register 'CH_BASE' is already in line"),
    ("register name", DEVICE, 'name = "CH_STATUS"', 'name = "ch-status"', 'name = "ch-status"',
     "'ch-status' is no good name here: it must look like 'CH_CTRL'"),
    ("overlap", DEVICE, "offset = 0x30", "offset = 0x24", "offset = 0x24",
     "DOORBELL at 0x24 overlaps CH_STATUS (line"),
    ("overlap with reserved", DEVICE, "offset = 0x08", "offset = 0x04  # r", "offset = 0x04  # r",
     "[[reserved]] at 0x4 overlaps CTRL (line"),
    ("misaligned", DEVICE, "offset = 0x30", "offset = 0x32", "offset = 0x32",
     "offset 0x32 must be a multiple of 4"),
    ("outside of the BAR", DEVICE, "offset = 0x30", "offset = 0x1000", "offset = 0x1000",
     "DOORBELL ends at 0x1004, outside of its BAR of 0x1000 bytes"),
    ("over the MSI-X table", DEVICE, "msix_table = 0x800", "msix_table = 0x30", "offset = 0x30",
     "DOORBELL at 0x30 overlaps the MSI-X table (line"),
    ("over the MSI-X PBA", DEVICE, "msix_pba = 0xc00", "msix_pba = 0x30", "offset = 0x30",
     "DOORBELL at 0x30 overlaps the MSI-X PBA (line"),
    ("hole between registers", DEVICE, "[[reserved]]\noffset = 0x08\nsize = 0x8\n", "", "offset = 0x10",
     "hole of 0x8 bytes at 0x8, between CTRL and CH_BASE: declare it with [[reserved]]"),
    ("hole at the start", DEVICE, 'name = "ID"\noffset = 0x00', 'name = "ID"\noffset = 0x34', "offset = 0x04",
     "hole of 0x4 bytes at 0x0, between the start of the BAR and CTRL"),
    ("stride below size", DEVICE, "size = 0x8\narray = { count = 2, stride = 0x10 }",
     "size = 0x8\narray = { count = 2, stride = 4 }", "stride = 4", "elements of [[reserved]] overlap"),
    ("stride no word", DEVICE, "size = 0x8\narray = { count = 2, stride = 0x10 }",
     "size = 0x8\narray = { count = 2, stride = 9 }", "stride = 9", "stride 0x9 must be a multiple of 4"),
    ("count 0", DEVICE, "size = 0x8\narray = { count = 2,", "size = 0x8\narray = { count = 0,", "count = 0",
     "count 0 must be from 1 to"),
    ("reserved size 0", DEVICE, "offset = 0x18\nsize = 0x8", "offset = 0x18\nsize = 0", "size = 0\n",
     "size is 0"),
    # bits
    ("unknown access", DEVICE, 'access = "wo"', 'access = "w1x"', 'access = "w1x"',
     "unknown access 'w1x'; did you mean"),
    ("unknown field access", DEVICE, '"CODE", bits = "15:8", access = "ro"',
     '"CODE", bits = "15:8", access = "read"',
     '"CODE"', "unknown access 'read'; there are ro, rw, w1c, w1s, wo"),
    ("no access", DEVICE, 'access = "ro"\nreset', "reset", '[[register]]\nname = "ID"',
     "register 'ID' needs 'access' or 'fields'"),
    ("no field access", DEVICE, 'bits = "0", access = "rw" }', 'bits = "0" }', '"ENABLE"',
     "field 'ENABLE' needs 'access'"),
    ("access against the register", DEVICE, 'doc = "Control"', 'access = "rw"\ndoc = "Control"', '"START"',
     "field 'START' is w1s, but its register says rw"),
    ("bits no range", DEVICE, 'bits = "7:4"', 'bits = "7-4"', '"MODE"', "bits '7-4' must be written as"),
    ("bits upside down", DEVICE, 'bits = "7:4"', 'bits = "4:7"', '"MODE"',
     "bits '4:7' must go from high to low"),
    ("bits beyond", DEVICE, '"31:16"]', '"32:16"]', '"32:16"', "bits '32:16' must go from high to low"),
    ("bits overlap", DEVICE, 'bits = "1", access', 'bits = "1:0", access', '"START"',
     "field 'START' of register 'CTRL' overlaps field 'ENABLE' at bit 0"),
    ("reserved bits overlap", DEVICE, '"3:2", "31:8"', '"3:2", "31:7"', '"31:7"',
     "reserved '31:7' of register 'CTRL' overlaps field 'MODE' at bit 7"),
    ("bits missing", DEVICE, '"3:2", "31:8"', '"2", "31:9"', '[[register]]\nname = "CTRL"',
     "bits 8, 3 of register 'CTRL' are in no field and not in 'reserved'"),
    ("field twice", DEVICE, 'name = "START"', 'name = "ENABLE"', '"w1s"',
     "field 'ENABLE' is already in line"),
    ("reset too big for field", DEVICE, "reset = 3,", "reset = 16,", "reset = 16,",
     "reset 0x10 does not fit into the 4 bits of field 'MODE'"),
    ("reset too big for register", DEVICE, "reset = 0x594f54", "reset = 0x100000000", "reset =",
     "reset 0x100000000 does not fit into 32 bits"),
    ("reset that reads as 0", DEVICE, 'doc = "Starts work"', 'reset = 1\ndoc = "Starts work"', "reset = 1\n",
     "reset 0x1, but wo bits read as 0"),
    ("field reset that reads as 0", DEVICE, 'access = "w1s"', 'access = "w1s", reset = 1', '"START"',
     "reset 0x1, but w1s bits read as 0"),
    ("reset beside fields", DEVICE, 'doc = "Control"', 'doc = "Control"\nreset = 0', "reset = 0\n",
     "a register with fields has its reset values in them"),
    ("reserved without fields", DEVICE, 'doc = "Starts work"', 'reserved = ["0"]\ndoc = "Starts work"',
     'reserved = ["0"]', "'reserved' is for registers with 'fields'"),
    ("value too big for field", DEVICE, "FAST = 3", "FAST = 16", "FAST = 16",
     "value 'FAST' = 0x10 does not fit into the 4 bits of field 'MODE'"),
    ("value twice", DEVICE, "FAST = 3", "FAST = 1", "FAST = 1", "value 1 has two names, 'SLOW' and 'FAST'"),
    ("effect not said", DEVICE, 'access = "wo"\nside_effect = true', 'access = "wo"',
     '[[register]]\nname = "DOORBELL"', "register 'DOORBELL' has wo bits, so writing it has an effect"),
    ("two ways to one constant", DEVICE, 'name = "DOORBELL"', 'name = "CTRL_MODE"',
     '[[register]]\nname = "CTRL_MODE"', "makes the constant STUNT_TOY_CTRL_MODE, as line"),
    # faults
    ("class twice", FAULTS, 'name = "reset"', 'name = "irq.raise"  # 2', 'name = "irq.raise"  # 2',
     "class 'irq.raise' is already in line 2"),
    ("class id twice", FAULTS, "id = 2\ndoc = \"The device is", "id = 1  # 2\ndoc = \"The device is",
     "id = 1  # 2", "class with id '1' is already in line 3"),
    ("class id out of range", FAULTS, "id = 2\ndoc = \"The device is", "id = 64\ndoc = \"The device is",
     "id = 64", "id 64 must be from 1 to 63"),
    ("class called any", FAULTS, 'name = "reset"', 'name = "any"', 'name = "any"',
     "a class cannot be called 'any'"),
    ("six fields", FAULTS, "fields = []", 'fields = ["a", "b", "c", "d", "e", "f"]', '"f"]',
     "class 'reset' has 6 fields, more than 5"),
    ("class field twice", FAULTS, '"vector", "mode"', '"mode", "mode"', '"mode"',
     "field 'mode' is there twice"),
    ("action twice", FAULTS, 'name = "storm"', 'name = "drop"  # 2', 'name = "drop"  # 2',
     "action 'drop' is already in line"),
    ("action id twice", FAULTS, "id = 2\non", "id = 1  # 2\non", "id = 1  # 2",
     "action with id '1' is already in"),
    ("action id 0", FAULTS, "id = 2\non", "id = 0\non", "id = 0", "id 0 must be from 1 to 65535"),
    ("action on unknown class", FAULTS, 'on = ["irq.raise"]', 'on = ["irq.raize"]', 'on = [',
     "action 'drop' is on unknown class 'irq.raize'; did you mean 'irq.raise'?"),
    ("default beyond the max", FAULTS, "default = 1000 }", "default = 1000, max = 999 }", "default = 1000",
     "default 1000 of parameter 'count' is more than its max 999"),
    ("action on nothing", FAULTS, 'on = ["irq.raise"]', "on = []", "on = []",
     "action 'drop' applies to nothing"),
    ("action on any and more", FAULTS, 'on = ["any"]', 'on = ["any", "reset"]', 'on = ["any"',
     "'any' stands alone"),
    ("five params", FAULTS, "default = 1000 },", "default = 1 }, { name = \"a\", default = 1 },"
     " { name = \"b\", default = 1 }, { name = \"c\", default = 1 },", "params =",
     "action 'storm' has 5 params, more than 4"),
    ("param twice", FAULTS, 'name = "ns"', 'name = "count"', "params =",
     "parameter 'count' is already in line"),
    # ids
    ("id too big", IDS, "toy = 0x5d10", "toy = 0x15d10", "toy =", "0x15d10 has more than 16 bits"),
    ("vendor too big", IDS, "vendor = 0x1234\nsubsystem_v", "vendor = 0x12345\nsubsystem_v",
     "vendor = 0x12345",
     "0x12345 has more than 16 bits"),
    ("id of no device", IDS, "toy = 0x5d10", "toy = 0x5d10\ntoi = 0x5d11", "toi =",
     "there is no spec/devices/toi.toml; did you mean 'toy'?"),
    ("device without id", IDS, "toy = 0x5d10\n", "", "[pci.device]",
     "device 'toy' has no id here; free is: toy = 0x5d01"),
]


def line_of(text, marker):
    """Line on which the marker begins; None: the last. "TEXT  # 2" may also be the second place of TEXT."""
    if marker is None:
        return text.count("\n") + 1
    pos = text.find(marker)
    if pos < 0 and marker.endswith("  # 2"):
        first = marker.removesuffix("  # 2")
        pos = text.find(first, text.find(first) + 1)
    assert pos >= 0, marker
    return text.count("\n", 0, pos) + 1


class Errors(ToyCase):
    def test_base_is_without_fault(self):
        code, out, err = self.run_tool("check")
        self.assertEqual((code, err), (0, ""))
        self.assertIn("1 devices with 7 registers, 3 event classes, 2 fault actions", out)

    def test_two_devices_share_an_id(self):
        device = (self.spec / DEVICE).read_text().replace('name = "toy"', 'name = "joy"')
        self.write("devices/joy.toml", device)
        self.replace(IDS, "toy = 0x5d10", "toy = 0x5d10\njoy = 0x5d10")
        self.expect(IDS, "joy =", "the id 0x5d10 of 'joy' is that of 'toy'")

    def test_bad_device_name(self):
        device = (self.spec / DEVICE).read_text().replace('name = "toy"', 'name = "Toy_1"')
        self.write("devices/Toy_1.toml", device)
        self.replace(IDS, "toy = 0x5d10", "toy = 0x5d10\nToy_1 = 0x5d11")
        self.expect("devices/Toy_1.toml", 'name = "Toy_1"', "'Toy_1' is no good name here")

    def test_long_device_name(self):
        name = "abcdefghijklmnopq"
        device = (self.spec / DEVICE).read_text().replace('name = "toy"', f'name = "{name}"')
        self.write(f"devices/{name}.toml", device)
        self.replace(IDS, "toy = 0x5d10", f"toy = 0x5d10\n{name} = 0x5d11")
        self.expect(f"devices/{name}.toml", f'name = "{name}"', "is longer than 16 characters")

    def test_taken_device_name(self):
        device = (self.spec / DEVICE).read_text().replace('name = "toy"', 'name = "core"')
        self.write("devices/core.toml", device)
        self.expect("devices/core.toml", 'name = "core"', "a device cannot be called 'core'")

    def test_msix_table_without_msix(self):
        self.replace(DEVICE, "msix = 2\n", "")
        self.replace(DEVICE, "msix_pba = 0xc00\n", "")
        self.expect(DEVICE, "msix_table =", "'msix_table' is there, but the device has no msix")

    def test_file_missing(self):
        (self.spec / FAULTS).unlink()
        code, _, err = self.run_tool("check")
        self.assertEqual((code, err), (1, "spec/faults.toml:1: cannot be read: No such file or directory\n"))

    def test_no_text(self):
        (self.spec / FAULTS).write_bytes(b"a = 1\nb = \"\xff\"\n")
        code, _, err = self.run_tool("check")
        self.assertEqual((code, err), (1, "spec/faults.toml:2: is not UTF-8\n"))

    def test_no_device(self):
        (self.spec / DEVICE).unlink()
        code, _, err = self.run_tool("check")
        self.assertEqual((code, err), (1, "spec/devices:1: there is no device\n"))

    def test_all_problems_are_shown_in_order(self):
        self.replace(DEVICE, 'name = "START"', 'name = "start"')
        self.replace(DEVICE, "offset = 0x30", "offset = 0x32")
        self.replace(FAULTS, '"irq.raise"]', '"irq"]')
        code, _, err = self.run_tool("check")
        self.assertEqual(code, 1)
        self.assertEqual([line.split(":")[0] for line in err.splitlines()],
                         ["spec/devices/toy.toml", "spec/devices/toy.toml", "spec/faults.toml"])

    def test_nothing_is_written_from_a_wrong_spec(self):
        self.replace(DEVICE, "offset = 0x30", "offset = 0x32")
        for words in (["headers"], ["device-c", "toy"], ["faults-c"], ["lua"], ["docs"]):
            with self.subTest(words[0]):
                code, _, err = self.run_tool(*words, "--out", self.folder / "out")
                self.assertEqual(code, 1)
                self.assertIn("offset 0x32 must be a multiple of 4", err)
                self.assertFalse((self.folder / "out").exists())

    def expect(self, name, marker, message):
        """The check ends with exactly one problem, in this line of this file."""
        text = (self.spec / name).read_text(encoding="utf-8")
        code, out, err = self.run_tool("check")
        self.assertEqual((code, out), (1, ""))
        place = f"spec/{name}:{line_of(text, marker)}: "
        self.assertEqual(err.count("\n"), 1, err)
        self.assertTrue(err.startswith(place), f"expected {place}…, got {err}")
        self.assertIn(message, err)


def _add_cases():
    def make(name, old, new, marker, message):
        def test(self):
            self.replace(name, old, new)
            self.expect(name, marker, message)
        return test

    for title, name, old, new, marker, message in CASES:
        method = "test_" + title.replace(" ", "_").replace("-", "_")
        assert not hasattr(Errors, method), method
        setattr(Errors, method, make(name, old, new, marker, message))


_add_cases()

if __name__ == "__main__":
    unittest.main()
