/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Commands in the guest, and what comes out of them. */
#include <string.h>

#include "lib/scenario/bindings.h"
#include "lib/scenario/command.h"

/* ---- starting ------------------------------------------------------------------------------------ */

/* The words of the table at idx as a sequence of strings; borrowed from it. */
static const char **words_of_table(lua_State *L, int idx)
{
    lua_Unsigned n = lua_rawlen(L, idx);
    const char **words = lua_newuserdatauv(L, (n + 1) * sizeof(*words), 0); /* memory that an error frees */

    for (lua_Unsigned i = 1; i <= n; i++) {
        int type = lua_rawgeti(L, idx, i);

        if (type != LUA_TSTRING && type != LUA_TNUMBER) {
            luaL_error(L, "word %d of the command is a %s", (int)i, lua_typename(L, type));
        }
        lua_tostring(L, -1); /* makes a number a string */
        lua_pushvalue(L, -1);
        lua_rawseti(L, idx, i);
        words[i - 1] = lua_tostring(L, -1);
        lua_pop(L, 1);
    }
    words[n] = NULL;
    return words;
}

/* Replaces the string at idx by the table of its words. */
static void split(lua_State *L, int idx)
{
    GError *error = NULL;
    char **words = NULL;
    int n = 0;

    if (!g_shell_parse_argv(lua_tostring(L, idx), &n, &words, &error)) {
        g_prefix_error(&error, "command: ");
        stunt_bridge_raise(L, error);
    }
    lua_createtable(L, n, 0);
    for (int i = 0; i < n; i++) {
        lua_pushstring(L, words[i]);
        lua_rawseti(L, -2, i + 1);
    }
    g_strfreev(words);
    lua_replace(L, idx);
}

StuntCommand *stunt_command_start(lua_State *L, int idx, StuntRuntime *runtime)
{
    StuntCommand *command;
    GError *error = NULL;

    if (lua_type(L, idx) == LUA_TSTRING) {
        split(L, idx);
    }
    luaL_checktype(L, idx, LUA_TTABLE);
    command = stunt_guest_spawn(runtime->guest, words_of_table(L, idx), &error);
    if (!command) {
        stunt_runtime_raise(runtime, L, error);
    }
    return command;
}

int stunt_command_push(lua_State *L, StuntCommand *command)
{
    StuntCommand **object = stunt_bridge_push_object(L, &stunt_binding_command, sizeof(*object));

    *object = command;
    return 1;
}

StuntCommand *stunt_command_get(lua_State *L, int idx)
{
    StuntCommand **object = stunt_bridge_check_object(L, idx, &stunt_binding_command);

    return *object;
}

/* ---- ending -------------------------------------------------------------------------------------- */

static void push_word(lua_State *L, const char *text, gsize len)
{
    char *copy = g_strndup(text, len), *end;
    gboolean hex = g_str_has_prefix(copy, "0x");
    guint64 value = g_ascii_strtoull(copy, &end, hex ? 16 : 10);

    if (g_ascii_isdigit(*copy) && !*end) {
        lua_pushinteger(L, (lua_Integer)value);
    } else {
        lua_pushlstring(L, text, len);
    }
    g_free(copy);
}

/* Sets a field of the table on top for each word key=value of the text. */
static void push_values(lua_State *L, const char *text)
{
    while (*(text += strspn(text, " \t\r\n"))) {
        gsize len = strcspn(text, " \t\r\n");
        const char *equals = memchr(text, '=', len);

        if (equals && equals > text) {
            lua_pushlstring(L, text, equals - text);
            push_word(L, equals + 1, text + len - equals - 1);
            lua_rawset(L, -3);
        }
        text += len;
    }
}

static void push_result(lua_State *L, const StuntCommand *command)
{
    lua_newtable(L);
    stunt_bridge_set_integer(L, "status", command->status);
    stunt_bridge_set_string(L, "out", command->out->str, command->out->len);
    stunt_bridge_set_string(L, "err", command->err->str, command->err->len);
    stunt_bridge_set_integer(L, "start_ns", command->start_ns);
    stunt_bridge_set_integer(L, "end_ns", command->end_ns);
    stunt_bridge_set_integer(L, "virtual_ns", command->end_ns - command->start_ns);
    lua_newtable(L);
    push_values(L, command->out->str);
    lua_setfield(L, -2, "values");
}

int stunt_command_finish(lua_State *L, StuntRuntime *runtime, StuntCommand *command, const StuntLimits *limits)
{
    stunt_limits_wait(L, runtime, command, limits);
    stunt_runtime_progress(runtime, "command ended");
    push_result(L, command);
    return 1;
}

static int command_done(lua_State *L)
{
    const StuntCommand *command = stunt_command_get(L, 1);
    GError *error = NULL;

    if (!stunt_guest_check_known(command, &error)) {
        return stunt_bridge_raise(L, error);
    }
    lua_pushboolean(L, command->done);
    return 1;
}

static const StuntFunction functions[] = {
    { "done", command_done, "command:done() -> boolean", "Whether it has ended." },
    { NULL, NULL, NULL, NULL },
};

const StuntBinding stunt_binding_command = {
    .name = "command",
    .type = "stunt.command",
    .doc = "What `vm:spawn` gives, for `vm:wait` and `vm:kill`.",
    .function = functions,
};
