#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""What is generated compiles, says what the spec says, and is the same each time."""
import os
import pathlib
import shutil
import subprocess
import unittest

from toy import TOP, ToyCase

CC = os.environ.get("CC", "cc").split()
STRICT = ["-Wall", "-Wextra", "-Wpedantic", "-Werror"]
CORE = TOP / "qemu-devices/core"

# Refers to what it checks by name, so that a wrong or missing constant does not compile.
HEADER_PROBE = """\
#include <stdint.h>
#include <stddef.h>
#include "regs/toy.h"
#include "events.h"
#define SAME(a, b) _Static_assert((a) == (b), #a)
SAME(STUNT_TOY_PCI_VENDOR, 0x1234);
SAME(STUNT_TOY_PCI_DEVICE, 0x5d10);
SAME(STUNT_TOY_BAR_SIZE, 0x1000);
SAME(STUNT_TOY_VEC_ERROR, 1);
SAME(STUNT_TOY_VECTORS, 2);
SAME(STUNT_TOY_OP_FILL, 2);
SAME(STUNT_TOY_ID_VALUE, 0x594f54);
SAME(STUNT_TOY_CTRL, 4);
SAME(STUNT_TOY_CTRL_MODE, 0xf0);
SAME(STUNT_TOY_CTRL_MODE_SHIFT, 4);
SAME(STUNT_TOY_CTRL_MODE_FAST, 3);
SAME(STUNT_TOY_CH_STATUS, 0x14);
SAME(STUNT_TOY_CH_STATUS_STRIDE, 0x10);
SAME(STUNT_TOY_CH_STATUS_COUNT, 2);
SAME(STUNT_TOY_CH_STATUS_CODE, 0xff00);
SAME(sizeof(struct stunt_toy_desc), 16);
SAME(offsetof(struct stunt_toy_desc, pad), 12);
SAME(STUNT_EV_IRQ_RAISE, 1);
SAME(STUNT_EV_IRQ_RAISE_MODE, 1);
SAME(STUNT_ACT_STORM, 2);
SAME(STUNT_ACT_STORM_NS, 1);
"""

TABLE_PROBE = """\
#include <stdio.h>
#include "spec.h"
#include "fault.h"
extern const struct stunt_device_spec stunt_toy_spec;
int main(void)
{
    const struct stunt_device_spec *s = &stunt_toy_spec;

    printf("%s|%s|%x|%x|%x|%x\\n", s->name, s->title, s->device_id, s->class_code, s->msix_table,
           s->bar_size);
    for (size_t i = 0; i < s->n_regs; i++) {
        const struct stunt_reg_info *r = &s->regs[i];

        printf("%s %x %d %x %d %x rw=%x w1c=%x w1s=%x wo=%x res=%x %d%d\\n", r->name, r->offset, r->count,
               r->stride, r->first, r->reset, r->rw, r->w1c, r->w1s, r->wo, r->reserved, r->is_volatile,
               r->side_effect);
    }
    printf("%zu %zu %s\\n", s->n_values, s->n_vectors, s->vectors[1].name);
    for (size_t i = 0; i < stunt_n_classes; i++) {
        printf("%s %d %d %s\\n", stunt_classes[i].name, stunt_classes[i].id, stunt_classes[i].n_fields,
               stunt_classes[i].n_fields ? stunt_classes[i].field[1] : "-");
    }
    for (size_t i = 0; i < stunt_n_actions; i++) {
        const struct stunt_action_info *a = &stunt_actions[i];

        printf("%s %d %llx %d %llx\\n", a->name, a->id, (unsigned long long)a->classes, a->n_params,
               (unsigned long long)a->def[1]);
    }
    return 0;
}
"""

TABLE = """\
toy|A "toy" with a # | in its title|5d10|88000|800|1000
ID 0 1 0 0 594f54 rw=0 w1c=0 w1s=0 wo=0 res=0 00
CTRL 4 1 0 1 30 rw=f1 w1c=0 w1s=2 wo=0 res=ffffff0c 01
CH_BASE 10 2 10 2 0 rw=ffffffff w1c=0 w1s=0 wo=0 res=0 00
CH_STATUS 14 2 10 4 0 rw=0 w1c=1 w1s=0 wo=0 res=ffff00fe 10
DOORBELL 30 1 0 6 0 rw=0 w1c=0 w1s=0 wo=ffffffff res=0 01
7 2 ERROR
irq.raise 1 2 mode
reset 2 0 -
job.start 3 0 -
drop 1 2 0 0
storm 2 e 2 ffffffffffffffff
"""

WINDOW = """
[[reserved]]
offset = 0x34
size = 0xc

[window]
offset = 0x40
array = { count = 2, stride = 8 }
registers = [
  { name = "W_A", doc = "A" },
  { name = "W_B", doc = "B", fields = [{ name = "F", bits = "7:4", values = { ON = 3 } }, { name = "G", bits = "4" }] },
  { name = "W_C", doc = "C" },
  { name = "W_D", doc = "D" },
]

[[reserved]]
offset = 0x44
size = 4

[[bar]]
index = 2
name = "io"
kind = "window"
size = 8
"""

WINDOW_PROBE = """\
#include <stdio.h>
#include "spec.h"
#include "regs/toy.h"
#include "regs/toy-window.h"
extern const struct stunt_device_spec stunt_toy_spec;
_Static_assert(STUNT_TOY_W_B == 0x41 && STUNT_TOY_W_B_STRIDE == 8 && STUNT_TOY_W_B_F == 0xf0, "constants");
_Static_assert(STUNT_TOY_W_B_F_ON == 3 && STUNT_TOY_IO_BAR == 2, "constants");
int main(void)
{
    const struct stunt_window_info *w = stunt_toy_spec.window;

    printf("%x %d %d %x %s %s %d\\n", w->offset, w->size, w->count, w->stride, w->names[1], w->bar_name, w->bar);
    return 0;
}
"""

# Reads the table as the harness does, without any library; the question may use them.
LUA_PROBE = """\
#include <lauxlib.h>
#include <lualib.h>
#include <stdio.h>
int main(int argc, char **argv)
{
    lua_State *L = luaL_newstate();

    if (argc != 3 || luaL_dofile(L, argv[1])) {
        fprintf(stderr, "%s\\n", lua_tostring(L, -1));
        return 1;
    }
    lua_setglobal(L, "spec");
    luaL_openlibs(L);
    if (luaL_dostring(L, argv[2])) {
        fprintf(stderr, "%s\\n", lua_tostring(L, -1));
        return 1;
    }
    puts(lua_tostring(L, -1));
    return 0;
}
"""

LUA_QUESTIONS = {
    "spec.device_names[1]": "toy",
    "spec.devices.toy.title": 'A "toy" with a # | in its title',
    "spec.devices.toy.adjustable[1]": "speed",
    "table.concat(spec.devices.toy.events, ' ')": "irq.raise reset",
    "spec.devices.toy.registers[2].name": "CTRL",
    "spec.devices.toy.registers[spec.devices.toy.register.CH_STATUS].stride": "16",
    "spec.devices.toy.registers[2].fields[3].values.FAST": "3",
    "spec.devices.toy.registers[2].reserved": str(0xFFFFFF0C),
    "spec.devices.toy.vectors.ERROR": "1",
    "spec.devices.toy.enums.OP.FILL": "2",
    "spec.devices.toy.structs.desc.fields[3].offset": "12",
    "spec.class_names[2]": "reset",
    "spec.classes['irq.raise'].fields[2]": "mode",
    "spec.actions.drop.on['irq.raise']": "true",
    "spec.actions.drop.on.reset": "nil",
    "spec.actions.storm.on.reset": "true",
    "spec.actions.storm.params[2].name": "ns",
    "spec.actions.storm.params[2].default": "-1",  # all 64 bits
    "math.type(spec.actions.storm.params[2].default)": "integer",
}


class Output(ToyCase):
    def generate(self, *words, out):
        code, _, err = self.run_tool(*words, "--out", self.folder / out)
        self.assertEqual((code, err), (0, ""))
        return self.folder / out

    def compile(self, text, *flags):
        done = subprocess.run([*CC, "-x", "c", *flags, "-"], input=text, capture_output=True, text=True,
                              cwd=self.folder)
        self.assertEqual((done.returncode, done.stderr), (0, ""))

    def run_program(self, *words):
        done = subprocess.run(words, capture_output=True, text=True, check=False)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        return done.stdout

    def test_headers_say_what_the_spec_says(self):
        self.generate("headers", out="include")
        self.compile(HEADER_PROBE, "-std=c11", *STRICT, "-Iinclude", "-fsyntax-only")
        self.compile(HEADER_PROBE, "-std=gnu11", *STRICT, "-Iinclude", "-fsyntax-only")

    def test_headers_have_no_includes(self):
        for file in self.generate("headers", out="include").rglob("*.h"):
            lines = file.read_text().splitlines()
            self.assertEqual([line for line in lines if "#include" in line], [])
            self.assertEqual(lines[0], "/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-3-Clause */")
            self.assertRegex(lines[1], r"^/\* Generated from spec/.* by spec/gen/stunt-spec headers; do not")

    def test_size_asserts_are_there(self):
        header = self.generate("headers", out="include") / "regs/toy.h"
        header.write_text(header.read_text().replace("uint32_t len;", "uint64_t len;"))
        done = subprocess.run([*CC, "-std=c11", "-x", "c", "-include", "stdint.h", "-fsyntax-only", header],
                              capture_output=True, text=True, check=False)
        self.assertIn("stunt_toy_desc is 16 bytes", done.stderr)

    def test_tables_say_what_the_spec_says(self):
        device = self.generate("device-c", "toy", out="toy-spec.c")
        faults = self.generate("faults-c", out="faults-spec.c")
        (self.folder / "probe.c").write_text(TABLE_PROBE)
        program = self.folder / "probe"
        flags = ["-std=c11", *STRICT, f"-I{CORE}", "-o", program]
        self.run_program(*CC, *flags, self.folder / "probe.c", device, faults)
        self.assertEqual(self.run_program(program), TABLE)

    def test_device_list_has_all_devices(self):
        self.replace("ids.toml", "toy = 0x5d10", "toy = 0x5d10\njoy = 0x5d11")
        text = (self.spec / "devices/toy.toml").read_text()
        self.write("devices/joy.toml", text.replace('name = "toy"', 'name = "joy"'))
        self.generate("device-list-h", out="device-list.h")
        probe = '#include "device-list.h"\n#define DECLARE(name) int name;\nSTUNT_DEVICES(DECLARE)\n'
        self.compile(probe + "int sum(void) { return toy + joy; }\n", *STRICT, "-I.", "-fsyntax-only")

    def test_window(self):
        text = (self.spec / "devices/toy.toml").read_text()
        self.write("devices/toy.toml", text + WINDOW)
        (self.folder / "probe.c").write_text(WINDOW_PROBE)
        device = self.generate("device-c", "toy", out="toy-spec.c")
        self.generate("headers", out="include")
        flags = ["-std=c11", *STRICT, f"-I{CORE}", "-Iinclude", "-I", self.folder / "include", "-o", self.folder / "probe"]
        self.run_program(*CC, *flags, self.folder / "probe.c", device)
        self.assertEqual(self.run_program(self.folder / "probe"), "40 4 2 8 W_B io 2\n")

    def test_device_without_vectors_compiles(self):
        text = (self.spec / "devices/toy.toml").read_text()
        start, end = text.index("[[vector]]"), text.index("[[enum]]")
        text = text[:start] + text[end:]
        for line in ("msi = 2\n", "msix = 2\n", "msix_table = 0x800\n", "msix_pba = 0xc00\n"):
            text = text.replace(line, "")
        self.write("devices/toy.toml", text)
        device = self.generate("device-c", "toy", out="toy-spec.c")
        self.compile(device.read_text(), "-std=c11", *STRICT, f"-I{CORE}", "-fsyntax-only")

    def test_lua_table_says_what_the_spec_says(self):
        flags = self.lua_flags()
        table = self.generate("lua", out="spec.lua")
        (self.folder / "lua.c").write_text(LUA_PROBE)
        program = self.folder / "lua"
        self.run_program(*CC, self.folder / "lua.c", "-o", program, *flags)
        for question, answer in LUA_QUESTIONS.items():
            with self.subTest(question):
                said = self.run_program(program, table, f"return tostring({question})")
                self.assertEqual(said, answer + "\n")

    def lua_flags(self):
        if not shutil.which("pkg-config"):
            self.skipTest("there is no pkg-config to find Lua with")
        done = subprocess.run(["pkg-config", "--cflags", "--libs", "lua5.4"], capture_output=True, text=True,
                              check=False)
        if done.returncode:
            self.skipTest("Lua 5.4 (liblua5.4-dev) is not installed")
        return done.stdout.split()

    def test_docs_tables(self):
        folder = self.generate("docs", out="docs")
        names = sorted(file.name for file in folder.iterdir())
        self.assertEqual(names, ["faults-tables.md", "toy-tables.md"])
        text = (folder / "toy-tables.md").read_text()
        for line in (
            '# toy: A "toy" with a # | in its title',
            "| 0x014 + i * 0x10 | `CH_STATUS[2]` | ro, w1c | 0x00000000 | State of a channel |",
            "| 7:4 | `MODE` | rw | 0x3 | 1 `SLOW`, 3 `FAST` |",
            "| 31:8 | reserved |  |  | write 0 |",
            "| 1 | `ERROR` | Work failed |",
            "| 2 | `FILL` |",
            "| 12 | `pad` | u16[2] | 0 |",
        ):
            self.assertIn(line + "\n", text)
        faults = (folder / "faults-tables.md").read_text()
        self.assertIn("| 1 | `irq.raise` | `vector`, `mode` | The device signals |\n", faults)
        self.assertIn("| 1 | `drop` | `irq.raise` |  | It is lost |\n", faults)

    def test_output_does_not_depend_on_process_or_place(self):
        tool = TOP / "spec/gen/stunt-spec"
        commands = (["headers"], ["docs"], ["lua"], ["faults-c"], ["device-c", "toy"],
                    ["device-list-h"])
        trees = []
        for seed, place in (("1", "a"), ("2", "b/c")):
            shutil.copytree(self.spec, self.folder / place / "spec")
            for words in commands:
                out = self.folder / place / "out" / words[0]
                spec = self.folder / place / "spec"
                subprocess.run([tool, "--spec", spec, *words, "--out", out], check=True,
                               env={**os.environ, "PYTHONHASHSEED": seed}, cwd=self.folder)
            trees.append(read_tree(self.folder / place / "out"))
        self.assertEqual(trees[0], trees[1])
        self.assertEqual(len(trees[0]), 8)

    def test_fresh_finds_changed_missing_and_forgotten_headers(self):
        include = self.generate("headers", out="include")
        self.assertEqual(self.run_tool("fresh", "--out", include), (0, "", ""))
        (include / "events.h").unlink()
        self.replace("devices/toy.toml", "FILL = 2", "FILL = 3")
        (include / "regs/gone.h").write_text("")
        code, _, err = self.run_tool("fresh", "--out", include)
        self.assertEqual(code, 1)
        self.assertEqual([line.split(":")[0] for line in err.splitlines()],
                         [str(include / name) for name in ("regs/toy.h", "events.h", "regs/gone.h")])

    def test_unknown_device(self):
        code, _, err = self.run_tool("device-c", "joy", "--out", self.folder / "x")
        self.assertEqual((code, err), (1, "stunt-spec: there is no device 'joy'; there are: toy\n"))

    def test_unwritable_output(self):
        (self.folder / "file").write_text("")
        code, _, err = self.run_tool("lua", "--out", self.folder / "file/spec.lua")
        self.assertEqual(code, 1)
        self.assertRegex(err, r"^stunt-spec: .*/file.*: (File exists|Not a directory)\n$")


def read_tree(folder: pathlib.Path):
    return {str(file.relative_to(folder)): file.read_text() for file in folder.rglob("*") if file.is_file()}


if __name__ == "__main__":
    unittest.main()
