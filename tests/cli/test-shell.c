/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The prompt's decisions: when lines are a whole, what completes a word, how values are shown. */
#include <lauxlib.h>
#include <lualib.h>

#include "common.h"
#include "lib/shell/chunk.h"
#include "lib/shell/complete.h"
#include "lib/shell/pretty.h"
#include "stunt/machine.h"

/* ---- chunks -------------------------------------------------------------------------------------- */

static void wholes_and_parts(void)
{
    static const struct {
        const char *text;
        StuntChunk chunk;
    } rows[] = {
        { "", STUNT_CHUNK_EMPTY },
        { " \n\t", STUNT_CHUNK_EMPTY },
        { "-- a remark", STUNT_CHUNK_EMPTY },
        { "1 + 1", STUNT_CHUNK_WHOLE },
        { "x = 1", STUNT_CHUNK_WHOLE },
        { "vm:run('ls')", STUNT_CHUNK_WHOLE },
        { "step 'irq.raise'", STUNT_CHUNK_WHOLE },
        { "for i = 1, 2 do print(i) end", STUNT_CHUNK_WHOLE },
        { "for i = 1, 2 do", STUNT_CHUNK_INCOMPLETE },
        { "f(", STUNT_CHUNK_INCOMPLETE },
        { "x =", STUNT_CHUNK_INCOMPLETE },
        { "1 +", STUNT_CHUNK_INCOMPLETE },
        { "{", STUNT_CHUNK_INCOMPLETE },
        { "{ 1,\n2", STUNT_CHUNK_INCOMPLETE },
        { "{ 1,\n2 }", STUNT_CHUNK_WHOLE },
        { "[[ two\nlines", STUNT_CHUNK_INCOMPLETE },
        { "--[[ a remark", STUNT_CHUNK_INCOMPLETE },
        { "if x then y() end end", STUNT_CHUNK_BROKEN },
        { "x = = 1", STUNT_CHUNK_BROKEN },
        { "'abc\n", STUNT_CHUNK_BROKEN },
        { ")", STUNT_CHUNK_BROKEN },
    };
    lua_State *L = luaL_newstate();

    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        StuntChunk chunk = stunt_chunk_load(L, rows[i].text, "test", 1);
        int left = chunk == STUNT_CHUNK_WHOLE || chunk == STUNT_CHUNK_BROKEN;

        g_test_message("%s", rows[i].text);
        g_assert_cmpint(chunk, ==, rows[i].chunk);
        g_assert_cmpint(lua_gettop(L), ==, left);
        lua_settop(L, 0);
    }
    lua_close(L);
}

static void errors_have_the_inputs_line(void)
{
    lua_State *L = luaL_newstate();

    g_assert_cmpint(stunt_chunk_load(L, "x =\n= 1", "stdin", 7), ==, STUNT_CHUNK_BROKEN);
    assert_has(lua_tostring(L, -1), "stdin:8:");
    g_assert_cmpint(stunt_chunk_load(L, "\nnil_value()", "stdin", 7), ==, STUNT_CHUNK_WHOLE);
    g_assert_cmpint(lua_pcall(L, 0, 0, 0), !=, LUA_OK);
    assert_has(lua_tostring(L, -1), "stdin:8:");
    lua_close(L);
}

/* Lines of a scenario can be pasted one by one. */
static void locals_outlive_their_line(void)
{
    static const struct {
        const char *text;
        gboolean kept;
    } rows[] = {
        { "local x = 1", TRUE },      { "  local x, y = 1, 2", TRUE }, { "local function x() end", TRUE },
        { "local x <const> = 1", FALSE }, { "do local x = 1 end", FALSE }, { "local x", FALSE },
        { "-- says why\nlocal x = 1", TRUE },
    };

    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        lua_State *L = luaL_newstate();

        g_test_message("%s", rows[i].text);
        g_assert_cmpint(stunt_chunk_load(L, rows[i].text, "test", 1), ==, STUNT_CHUNK_WHOLE);
        g_assert_cmpint(lua_pcall(L, 0, 0, 0), ==, LUA_OK);
        g_assert_cmpint(lua_getglobal(L, "x") != LUA_TNIL, ==, rows[i].kept);
        lua_close(L);
    }
}

/* ---- values -------------------------------------------------------------------------------------- */

static void values_are_shown(void)
{
    static const struct {
        const char *code, *shown;
    } rows[] = {
        { "nil", "nil" },
        { "5", "5" },
        { "255", "255  0xff" },
        { "-1", "-1  0xffffffffffffffff" },
        { "0.5", "0.5" },
        { "'a\"b'", "a\"b" },
        { "{}", "{}" },
        { "{ 'a\"b', 2 }", "{ \"a\\\"b\", 2 }" },
        { "{ b = 1, a = { 2 }, [true] = 3, ['x y'] = 4, 9 }", "{ 9, [\"x y\"] = 4, [true] = 3, a = { 2 }, b = 1 }" },
        { "{ out = 'one\\ntwo\\n', s = 0 }", "{\n  out =\n  | one\n  | two,\n  s = 0,\n}" },
        { "{ out = '\\0\\n' }", "{ out = \"\\000\\n\" }" },
        { "print", "function" },
        { "setmetatable({}, { __index = error, __len = error, __pairs = error, __tostring = error })", "{}" },
    };
    lua_State *L = luaL_newstate();

    luaL_openlibs(L);
    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *code = g_strconcat("return ", rows[i].code, NULL), *shown = NULL;

        g_assert_cmpint(luaL_dostring(L, code), ==, LUA_OK);
        shown = stunt_pretty(L, -1);
        g_assert_cmpstr(shown, ==, rows[i].shown);
        lua_settop(L, 0);
    }
    g_assert_cmpint(luaL_dostring(L, "local t = {} t.t = t return t"), ==, LUA_OK);
    g_free(stunt_pretty(L, -1)); /* it ends */
    lua_close(L);
}

/* ---- completion ---------------------------------------------------------------------------------- */

static GPtrArray *texts(const char *words)
{
    g_auto(GStrv) all = g_strsplit(words, " ", -1);
    GPtrArray *array = g_ptr_array_new_with_free_func(g_free);

    for (guint i = 0; all[i]; i++) {
        g_ptr_array_add(array, g_strdup(all[i]));
    }
    return array;
}

/* `|` in the text is the cursor; `want`: the candidates, which `start` is put before in the text as shown. */
static void check(const char *line, const char *place, const char *want)
{
    g_autofree char *file = g_test_build_filename(G_TEST_DIST, "data", "spec.lua", NULL);
    g_autoptr(StuntSpec) spec = stunt_spec_load(file, NULL);
    g_autoptr(GPtrArray) devices = stunt_device_defs_new();
    g_autoptr(GPtrArray) functions = texts("vm:run vm:rewind device:peek device:poke device:fault rule:status "
                                           "command:done expect.equal step go timeline help");
    g_autoptr(GPtrArray) globals = texts("print lost while"), bookmarks = texts("start before-abort");
    StuntNames names = { spec, devices, functions, globals, bookmarks };
    g_auto(GStrv) parts = g_strsplit(line, "|", 2);
    g_autofree char *text = g_strconcat(parts[0], parts[1], NULL), *got = NULL, *word = NULL;
    g_autoptr(GPtrArray) found = NULL;
    gsize start = 0, cursor = strlen(parts[0]);

    g_assert_nonnull(spec);
    stunt_device_defs_add(devices, "toy0", "toy", NULL);
    found = stunt_complete(&names, text, cursor, &start);
    word = g_strndup(text + start, cursor - start);
    g_ptr_array_add(found, NULL);
    got = g_strjoinv(" ", (char **)found->pdata);
    g_test_message("%s", line);
    g_assert_cmpstr(word, ==, place);
    g_assert_cmpstr(got, ==, want);
}

static void names_that_stand_alone(void)
{
    check("st|", "st", "step");
    check("x = lo|", "lo", "lost");
    check("print(ti|)", "ti", "timeline");
    check("nothing_like_it|", "nothing_like_it", "");
}

static void members(void)
{
    check("vm:r|", "r", "rewind run");
    check("vm.|", "", "rewind run toy0");
    check("vm.toy0:p|", "p", "peek poke");
    check("x = vm.toy0:f|", "f", "fault");
    check("lost:s|", "s", "status");
    check("expect.|", "", "equal");
    check("vm.toy0.STATUS.O|", "O", "OK");
    check("vm.toy1:|", "", "done status");
}

static void registers_and_fields(void)
{
    check("vm.toy0:peek(\"CTR|\")", "CTR", "CTRL");
    check("vm.toy0:peek \"CTRL.|", "CTRL.", "CTRL.ENABLE CTRL.MODE");
    check("vm.toy0:poke('CTRL[0].M|', 1)", "CTRL[0].M", "CTRL[0].MODE");
    check("vm.toy0:peek(\"|", "", "CTRL LANE");
    check("vm.uart0:peek(\"C|", "C", "");
}

static void rules(void)
{
    check("vm.toy0:fault { at = \"irq.|", "irq.", "irq.lower irq.raise");
    check("vm.toy0:fault{ at = 'irq.raise', action = 'dup|", "dup", "duplicate");
    check("vm.toy0:fault { at = \"mmio.read\", action = \"dup|", "dup", "");
    check("vm.toy0:fault { prob|", "prob", "probability");
    check("vm.toy0:fault { at = \"irq.raise\", match = { v|", "v", "vector");
    check("vm.toy0:fault { at = \"irq.raise\", match = { vector = \"D|", "D", "DONE");
    check("vm.toy0:fault { at = \"dma.read\", action = \"corrupt\", params = { |", "", "offset xor");
    check("vm.toy0:fault { at = \"irq.raise\",\n  match = { vec|", "vec", "vector");
}

static void queries(void)
{
    check("step { cl|", "cl", "class");
    check("step { class = \"irq.raise\", v|", "v", "vector");
    check("step({ device = \"t|", "t", "toy0");
    check("step { device = \"toy0\", class = \"irq.raise\", vector = \"ERR|", "ERR", "ERROR");
    check("step { device = \"toy0\", class = \"job.done\", status = \"B|", "B", "BROKEN");
    check("timeline \"job.s|", "job.s", "job.start");
    check("back \"|", "", "before-abort start");
    check("help \"vm:re|", "vm:re", "vm:rewind");
}

static void places_without_names(void)
{
    check("vm:run(\"toy-tool c|", "toy-tool c", "");
    check("\"quoted\" .. st|", "st", "step");
    check("x = 'a\\'st|", "a\\'st", "");
    check("|", "", "go help lost print step timeline while");
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/shell/chunk/wholes-and-parts", wholes_and_parts);
    g_test_add_func("/shell/chunk/errors-have-the-inputs-line", errors_have_the_inputs_line);
    g_test_add_func("/shell/chunk/locals-outlive-their-line", locals_outlive_their_line);
    g_test_add_func("/shell/pretty/values", values_are_shown);
    g_test_add_func("/shell/complete/names-that-stand-alone", names_that_stand_alone);
    g_test_add_func("/shell/complete/members", members);
    g_test_add_func("/shell/complete/registers-and-fields", registers_and_fields);
    g_test_add_func("/shell/complete/rules", rules);
    g_test_add_func("/shell/complete/queries", queries);
    g_test_add_func("/shell/complete/places-without-names", places_without_names);
    return g_test_run();
}
