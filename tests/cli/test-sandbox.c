/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Ways out of the sandbox, and ways to make a run differ from the last: all closed. */
#include <unistd.h>

#include "common.h"
#include "lib/scenario/sandbox.h"

#define WALL_LIMIT_MS 60000 /* far away: slow machines and valgrind run these tests, too */
#define SHORT_LIMIT_MS 300

typedef struct {
    StuntSandbox sandbox;
    char *folder, *own, *lib;
    GString *printed;
} Fixture;

static void take_print(const char *text, gpointer data)
{
    g_string_append_printf(data, "%s\n", text);
}

static void set_up(Fixture *f, gconstpointer data)
{
    (void)data;
    f->folder = new_folder();
    f->own = g_build_filename(f->folder, "scenarios", "toy", NULL);
    f->lib = g_build_filename(f->folder, "scenarios", "lib", NULL);
    g_assert_cmpint(g_mkdir_with_parents(f->own, 0755), ==, 0);
    g_assert_cmpint(g_mkdir_with_parents(f->lib, 0755), ==, 0);
    f->printed = g_string_new(NULL);
    f->sandbox = (StuntSandbox){
        .folder = { f->own, f->lib },
        .root = f->folder,
        .wall_limit_ms = WALL_LIMIT_MS,
        .print = take_print,
        .data = f->printed,
    };
    stunt_sandbox_init(&f->sandbox, 7);
}

static void tear_down(Fixture *f, gconstpointer data)
{
    (void)data;
    stunt_sandbox_clear(&f->sandbox);
    g_assert_cmpuint(f->sandbox.memory, ==, 0);
    remove_folder(f->folder);
    g_string_free(f->printed, TRUE);
    g_free(f->folder);
    g_free(f->own);
    g_free(f->lib);
}

/* Runs a chunk; its first value, or the error, as text. */
static const char *eval(Fixture *f, const char *code, gboolean *ret_good)
{
    lua_State *L = f->sandbox.L;

    lua_settop(L, 0);
    stunt_sandbox_progress(&f->sandbox);
    *ret_good = luaL_loadbufferx(L, code, strlen(code), "@test.lua", "t") == LUA_OK &&
                lua_pcall(L, 0, 1, 0) == LUA_OK;
    return luaL_tolstring(L, -1, NULL);
}

static void check_value(Fixture *f, const char *code, const char *expected)
{
    gboolean good;
    const char *text = eval(f, code, &good);

    if (!good || strcmp(text, expected) != 0) {
        g_error("%s: expected %s, got %s", code, expected, text);
    }
}

static void check_error(Fixture *f, const char *code, const char *expected)
{
    gboolean good;
    const char *text = eval(f, code, &good);

    if (good) {
        g_error("%s: expected the error '%s', there was none", code, expected);
    }
    assert_has(text, expected);
}

/* ---- out of the sandbox -------------------------------------------------------------------------- */

static void dangerous_names_are_nil(Fixture *f, gconstpointer data)
{
    static const char *const names[] = {
        "io",     "os",       "debug",        "package",
        "dofile", "loadfile", "loadstring",   "collectgarbage",
        "warn",   "module",   "string.dump",  "_G.io",
        "_G.os",  "_G.debug", "_ENV.package", "load and _G.loadfile",
    };

    (void)data;
    for (guint i = 0; i < G_N_ELEMENTS(names); i++) {
        g_autofree char *code = g_strdup_printf("return %s", names[i]);

        check_value(f, code, "nil");
    }
}

/* Nothing in the global table, however deep, is a dangerous function by another name. */
static void only_known_names_are_there(Fixture *f, gconstpointer data)
{
    (void)data;
    check_value(
        f, "local n = {} for name in pairs(_G) do n[#n + 1] = name end return table.concat(n, ' ')",
        "_G _VERSION assert coroutine error getmetatable ipairs load math next pairs pcall print rawequal "
        "rawget rawlen rawset require select setmetatable string table tonumber tostring type utf8 xpcall");
    check_value(
        f, "local n = {} for name in pairs(string) do n[#n + 1] = name end return table.concat(n, ' ')",
        "byte char find format gmatch gsub len lower match pack packsize rep reverse sub unpack upper");
}

static void byte_code_is_refused(Fixture *f, gconstpointer data)
{
    (void)data;
    check_value(f, "return select(2, load('\\27Lua'))", "attempt to load a binary chunk (mode is 't')");
    check_value(f, "return select(2, load('\\27Lua', 'x', 'b'))",
                "attempt to load a binary chunk (mode is 't')");
    check_value(f, "return select(2, load('\\27Lua', 'x', 'bt', {}))",
                "attempt to load a binary chunk (mode is 't')");
    check_value(f, "local p = { '\\27', 'Lua' } local i = 0\n"
                   "return select(2, load(function() i = i + 1 return p[i] end, 'x', 'b'))",
                "attempt to load a binary chunk (mode is 't')");
    check_error(f, "return string.dump(function() end)", "attempt to call a nil value");
    check_error(f, "return ('x').dump(function() end)", "attempt to call a nil value");
}

static void load_of_text_works(Fixture *f, gconstpointer data)
{
    (void)data;
    check_value(f, "return load('return 1 + 1')()", "2");
    check_value(f, "x = 5 return load('return x')()", "5");
    check_value(f, "return load('return x', 'n', 't', { x = 6 })()", "6");
    check_value(f, "return load('return x', 'n', nil, { x = 7 })()", "7");
    check_value(f, "return select(2, load('return return', '=n'))", "n:1: unexpected symbol near 'return'");
}

static void finalizers_are_refused(Fixture *f, gconstpointer data)
{
    (void)data;
    check_error(f, "setmetatable({}, { __gc = function() while true do end end })", "__gc is not allowed");
    check_value(f, "local m = {} local t = setmetatable({}, m) m.__gc = error return 'quiet'", "quiet");
    check_value(f, "return getmetatable(setmetatable({}, { __metatable = 'mine' }))", "mine");
}

/* ---- require ------------------------------------------------------------------------------------- */

static void require_finds_own_and_lib(Fixture *f, gconstpointer data)
{
    g_autofree char *own = write_file(f->own, "helper.lua", "return { from = 'own', name = ... }");
    g_autofree char *lib = write_file(f->lib, "deep/tool.lua", "n = (n or 0) + 1 return { from = 'lib' }");
    g_autofree char *shadow = write_file(f->lib, "helper.lua", "return { from = 'shadow' }");

    (void)data;
    check_value(f, "return require('helper').from", "own");
    check_value(f, "return require('helper').name", "helper");
    check_value(f, "return require('deep.tool').from", "lib");
    check_value(f, "return require('deep/tool').from", "lib");
    check_value(f,
                "require 'deep.tool' require 'deep.tool' return rawequal(require 'helper', require 'helper')",
                "true");
}

static void require_stays_inside(Fixture *f, gconstpointer data)
{
    static const char *const names[] = {
        "../secret",
        "..secret",
        "../../etc/passwd",
        "/etc/passwd",
        "deep/../../secret",
        "",
        ".",
        "a..b",
        "a//b",
        "a\\0b",
        "a b",
        "helper.",
        "./helper",
        "~root",
        "a;b",
        "\\xff",
    };
    g_autofree char *secret = write_file(f->folder, "scenarios/secret.lua", "return 'secret'");
    g_autofree char *link = g_build_filename(f->own, "link.lua", NULL);

    (void)data;
    for (guint i = 0; i < G_N_ELEMENTS(names); i++) {
        g_autofree char *code = g_strdup_printf("return require('%s')", names[i]);
        gboolean good;

        eval(f, code, &good);
        g_assert_false(good);
    }
    g_assert_cmpint(symlink("../secret.lua", link), ==, 0);
    check_error(f, "return require('link')", "no module 'link'");
    check_error(f, "return require('nothing')", "no module 'nothing'");
    check_error(f, "return require(string.rep('a', 200))", "is no module name");
}

static void require_refuses_byte_code_and_itself(Fixture *f, gconstpointer data)
{
    g_autofree char *binary = write_file(f->own, "binary.lua", "\x1bLua");
    g_autofree char *ring = write_file(f->own, "ring.lua", "return require('ring')");
    g_autofree char *broken = write_file(f->own, "broken.lua", "local x =\nreturn");

    (void)data;
    check_error(f, "return require('binary')", "attempt to load a binary chunk");
    check_error(f, "return require('ring')", "'ring' requires itself");
    check_error(f, "return require('broken')", "scenarios/toy/broken.lua:2:");
    check_error(f, "return require('broken')", "scenarios/toy/broken.lua:2:");
}

/* ---- bounds -------------------------------------------------------------------------------------- */

static void endless_loops_end(Fixture *f, gconstpointer data)
{
    static const char *const loops[] = {
        "while true do end",
        "while true do pcall(function() while true do end end) end",
        "local c = coroutine.wrap(function() while true do end end) c()",
        "for i = 1, math.huge do pcall(error) end",
        "local function f() return f() end f()",
        "repeat xpcall(function() while true do end end, function() while true do end end) until false",
        "load('while true do end')()",
        "xpcall(error, function() while true do end end)",
        "table.sort({ 3, 2, 1 }, function() while true do end end)",
        "local t = setmetatable({}, { __index = function() while true do end end }) return t.x",
        "local x <close> = setmetatable({}, { __close = function() while true do end end })",
    };

    (void)data;
    for (guint i = 0; i < G_N_ELEMENTS(loops); i++) {
        gint64 begin = g_get_monotonic_time();

        f->sandbox.wall_limit_ms = SHORT_LIMIT_MS;
        check_error(f, loops[i], "wall-clock backstop");
        g_assert_cmpint(g_get_monotonic_time() - begin, <, 20 * G_USEC_PER_SEC);
        stunt_sandbox_clear(&f->sandbox);
        f->sandbox.expired = FALSE;
        stunt_sandbox_init(&f->sandbox, 7);
    }
}

static void memory_is_bounded(Fixture *f, gconstpointer data)
{
    (void)data;
    check_error(f, "return string.rep('x', 1 << 40)", "resulting string too large");
    check_error(f, "return string.rep('x', 1 << 30)", "not enough memory");
    check_error(f, "local s = 'x' while true do s = s .. s end", "not enough memory");
    check_value(f, "return 'still alive'", "still alive");
}

static void deep_recursion_ends(Fixture *f, gconstpointer data)
{
    (void)data;
    check_error(f, "local function f() return 1 + f() end return f()", "stack overflow");
    check_error(f, "return (string.rep('(', 10000)):find(string.rep('(', 10000))", "");
    check_error(f, "return load(string.rep('(', 100000))()", "");
}

/* ---- the same each time -------------------------------------------------------------------------- */

static void nothing_shows_addresses(Fixture *f, gconstpointer data)
{
    (void)data;
    check_value(f, "return tostring({})", "table");
    check_value(f, "return tostring(print)", "function");
    check_value(f, "return tostring(coroutine.create(print))", "thread");
    check_value(f, "return string.format('%s %s', {}, print)", "table function");
    check_value(f, "return ('%s'):format({})", "table");
    check_error(f, "return string.format('%p', {})", "%p is not allowed");
    check_error(f, "return string.format('%-20p', 'x')", "%p is not allowed");
    check_value(f, "return string.format('%%p %d', 3)", "%p 3");
    check_value(f, "return tostring(setmetatable({}, { __tostring = function() return 'me' end }))", "me");
    check_value(f, "print({}, 1, 'x', nil) return 0", "0");
    g_assert_cmpstr(f->printed->str, ==, "table 1 x nil\n");
}

static void tables_have_an_order(Fixture *f, gconstpointer data)
{
    (void)data;
    check_value(f,
                "local t = { z = 1, a = 1, [3] = 1, [1] = 1, [2.5] = 1, [true] = 1, b = 1 } local n = {}\n"
                "for k in pairs(t) do n[#n + 1] = tostring(k) end return table.concat(n, ' ')",
                "1 2.5 3 a b z true");
    check_value(f, "return next({ b = 1, a = 2 })", "a");
    check_value(f, "return tostring(next({}))", "nil");
    check_error(f, "return next({ 1, 2 }, 1)", "use pairs()");
    check_value(
        f, "local t = { a = 1, b = 2, c = 3 } for k in pairs(t) do t[k] = nil end return tostring(next(t))",
        "nil");
    check_value(
        f, "local t = { a = 1, b = 2 } local n = 0 for k in pairs(t) do t.b = nil n = n + 1 end return n",
        "1");
    check_value(f,
                "local t = setmetatable({}, { __pairs = function(t) return function(_, k) if not k then "
                "return 'own' end "
                "end, t, nil end })\nfor k in pairs(t) do return k end",
                "own");
    check_error(f, "pairs(nil)", "table expected");
}

static void randomness_follows_the_seed(Fixture *f, gconstpointer data)
{
    char first[64], second[64];
    gboolean good;

    (void)data;
    g_strlcpy(first, eval(f, "return math.random(1 << 60)", &good), sizeof(first));
    stunt_sandbox_clear(&f->sandbox);
    stunt_sandbox_init(&f->sandbox, 7);
    check_value(f, "return math.random(1 << 60)", first);
    stunt_sandbox_clear(&f->sandbox);
    stunt_sandbox_init(&f->sandbox, 8);
    g_strlcpy(second, eval(f, "return math.random(1 << 60)", &good), sizeof(second));
    g_assert_cmpstr(first, !=, second);
    check_error(f, "math.randomseed()", "number expected");
    check_value(f, "math.randomseed(3) local a = math.random() math.randomseed(3) return a == math.random()",
                "true");
}

int main(int argc, char **argv)
{
    static const struct {
        const char *name;
        void (*test)(Fixture *, gconstpointer);
    } tests[] = {
        { "/sandbox/dangerous-names-are-nil", dangerous_names_are_nil },
        { "/sandbox/only-known-names-are-there", only_known_names_are_there },
        { "/sandbox/byte-code-is-refused", byte_code_is_refused },
        { "/sandbox/load-of-text-works", load_of_text_works },
        { "/sandbox/finalizers-are-refused", finalizers_are_refused },
        { "/sandbox/require-finds-own-and-lib", require_finds_own_and_lib },
        { "/sandbox/require-stays-inside", require_stays_inside },
        { "/sandbox/require-refuses-byte-code-and-itself", require_refuses_byte_code_and_itself },
        { "/sandbox/endless-loops-end", endless_loops_end },
        { "/sandbox/memory-is-bounded", memory_is_bounded },
        { "/sandbox/deep-recursion-ends", deep_recursion_ends },
        { "/sandbox/nothing-shows-addresses", nothing_shows_addresses },
        { "/sandbox/tables-have-an-order", tables_have_an_order },
        { "/sandbox/randomness-follows-the-seed", randomness_follows_the_seed },
    };

    g_test_init(&argc, &argv, NULL);
    for (guint i = 0; i < G_N_ELEMENTS(tests); i++) {
        g_test_add(tests[i].name, Fixture, NULL, set_up, tests[i].test, tear_down);
    }
    return g_test_run();
}
