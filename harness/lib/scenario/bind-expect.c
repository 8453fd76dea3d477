/* SPDX-License-Identifier: GPL-2.0-or-later */
/* expect: what must hold. A failure is a FAIL with file, line and the last events, and ends the run. */
#include <string.h>

#include "lib/scenario/bindings.h"
#include "lib/scenario/device.h"
#include "lib/scenario/match.h"
#include "stunt/events.h"

#define SHOWN_MAX 120 /* bytes of a value in a message */
#define DEPTH_MAX 20

/* Lets the verdict fall with the message on top of the stack. msg_idx: the script's own words, or nil. */
static int fail(lua_State *L, int msg_idx)
{
    StuntRuntime *runtime = stunt_runtime_running(L);
    char *where = stunt_bridge_where(L);
    const char *message = lua_tostring(L, -1);

    if (msg_idx && !lua_isnoneornil(L, msg_idx)) {
        message = lua_pushfstring(L, "%s: %s", luaL_tolstring(L, msg_idx, NULL), message);
    }
    lua_pushfstring(L, "%s: %s", where, message);
    g_free(where);
    stunt_runtime_judge(runtime, STUNT_FAIL, lua_tostring(L, -1));
    return lua_error(L);
}

/* Pushes the value at idx as people want to see it. */
static const char *push_shown(lua_State *L, int idx)
{
    size_t len;
    const char *text;
    char *escaped;

    if (lua_type(L, idx) != LUA_TSTRING) {
        lua_getglobal(L, "tostring");
        lua_pushvalue(L, idx < 0 ? idx - 1 : idx);
        lua_call(L, 1, 1);
        return lua_tostring(L, -1);
    }
    text = lua_tolstring(L, idx, &len);
    escaped = g_strescape(text, NULL); /* up to the first NUL */
    if (strlen(escaped) > SHOWN_MAX) {
        escaped[SHOWN_MAX] = '\0';
        lua_pushfstring(L, "\"%s…\" (%d bytes)", escaped, (int)len);
    } else {
        lua_pushfstring(L, "\"%s\"", escaped);
    }
    g_free(escaped);
    return lua_tostring(L, -1);
}

/* ---- values -------------------------------------------------------------------------------------- */

static gboolean deep_equal(lua_State *L, int a, int b, int depth);

/* All fields of table a are equal in b. Depth counts down, so that tables in themselves end. */
static gboolean has_all(lua_State *L, int a, int b, int depth)
{
    for (lua_pushnil(L); lua_next(L, a); lua_pop(L, 2)) {
        gboolean equal;

        lua_pushvalue(L, -2);
        lua_rawget(L, b);
        equal = deep_equal(L, lua_gettop(L) - 1, lua_gettop(L), depth);
        if (!equal) {
            lua_pop(L, 3);
            return FALSE;
        }
    }
    return TRUE;
}

static gboolean deep_equal(lua_State *L, int a, int b, int depth)
{
    luaL_checkstack(L, 8, "tables nested too deeply");
    if (!lua_istable(L, a) || !lua_istable(L, b) || lua_compare(L, a, b, LUA_OPEQ)) {
        return lua_compare(L, a, b, LUA_OPEQ);
    }
    if (depth == 0) {
        luaL_error(L, "expect.equal: tables are nested deeper than %d", DEPTH_MAX);
    }
    return has_all(L, a, b, depth - 1) && has_all(L, b, a, depth - 1);
}

static int expect_equal(lua_State *L)
{
    luaL_checkany(L, 2);
    lua_settop(L, 3);
    lua_settop(L, 3);
    if (deep_equal(L, 1, 2, DEPTH_MAX)) {
        return 0;
    }
    lua_pushfstring(L, "expected %s, got %s", push_shown(L, 2), push_shown(L, 1));
    return fail(L, 3);
}

static int expect_not_equal(lua_State *L)
{
    luaL_checkany(L, 2);
    lua_settop(L, 3);
    lua_settop(L, 3);
    if (!deep_equal(L, 1, 2, DEPTH_MAX)) {
        return 0;
    }
    lua_pushfstring(L, "expected anything but %s", push_shown(L, 2));
    return fail(L, 3);
}

static int expect_is_true(lua_State *L)
{
    luaL_checkany(L, 1);
    lua_settop(L, 2);
    lua_settop(L, 2);
    if (lua_toboolean(L, 1)) {
        return 0;
    }
    lua_pushfstring(L, "expected a true value, got %s", push_shown(L, 1));
    return fail(L, 2);
}

static int expect_between(lua_State *L)
{
    lua_Number value = luaL_checknumber(L, 1), low = luaL_checknumber(L, 2), high = luaL_checknumber(L, 3);

    lua_settop(L, 4);
    if (value >= low && value <= high) {
        return 0;
    }
    lua_pushfstring(L, "expected %s to %s, got %s", push_shown(L, 2), push_shown(L, 3), push_shown(L, 1));
    return fail(L, 4);
}

static int expect_match(lua_State *L)
{
    const char *text = luaL_checkstring(L, 1);

    luaL_checkstring(L, 2);
    lua_settop(L, 3);
    if (stunt_bridge_has_pattern(L, text, 2)) {
        return 0;
    }
    lua_pushfstring(L, "expected a text that has the pattern %s, got %s", push_shown(L, 2), push_shown(L, 1));
    return fail(L, 3);
}

static int expect_error(lua_State *L)
{
    luaL_checktype(L, 1, LUA_TFUNCTION);
    luaL_optstring(L, 2, "");
    lua_settop(L, 3);
    lua_pushvalue(L, 1);
    if (lua_pcall(L, 0, 0, 0) == LUA_OK) {
        lua_pushliteral(L, "expected an error, there was none");
        return fail(L, 3);
    }
    luaL_tolstring(L, -1, NULL);
    if (lua_isnil(L, 2) || stunt_bridge_has_pattern(L, lua_tostring(L, -1), 2)) {
        return 1;
    }
    lua_pushfstring(L, "expected an error that has the pattern %s, got %s", push_shown(L, 2),
                    push_shown(L, -2));
    return fail(L, 3);
}

/* What the function raises goes on to be raised. */
static int expect_forbidden(lua_State *L)
{
    StuntRuntime *runtime = stunt_runtime_running(L);
    const StuntRule *rule = stunt_rule_check(L, 1), *outer = runtime->forbidden;
    guint before = runtime->forbidden_events;
    int status;

    luaL_checktype(L, 2, LUA_TFUNCTION);
    lua_settop(L, 3);
    if (rule->action->id != STUNT_ACT_FORBID || rule->last) {
        return luaL_error(L, "rule '%s' is no armed rule with action forbid", rule->id);
    }
    lua_pushvalue(L, 2);
    runtime->forbidden = rule;
    status = lua_pcall(L, 0, 0, 0);
    runtime->forbidden = outer;
    if (status != LUA_OK) {
        return lua_error(L);
    }
    if (runtime->forbidden_events == before) {
        lua_pushfstring(L, "expected an event that rule '%s' forbids, there was none", rule->id);
        return fail(L, 3);
    }
    lua_pushinteger(L, runtime->forbidden_events - before);
    return 1;
}

/* ---- events and kernel log ----------------------------------------------------------------------- */

static int expect_event(lua_State *L)
{
    static const char *const others[] = { "count", "at_least", "at_most", "since", "message", NULL };
    StuntRuntime *runtime = stunt_runtime_running(L);
    StuntEventQuery query = stunt_match_query(L, 1, runtime, others);
    guint64 found = stunt_timeline_count(runtime->timeline, &query, NULL);
    guint64 exactly = stunt_bridge_get_integer(L, 1, "count", G_MAXINT64);
    gboolean any_count = exactly == G_MAXINT64;
    guint64 high = stunt_bridge_get_integer(L, 1, "at_most", any_count ? G_MAXINT64 : exactly);
    guint64 low =
        stunt_bridge_get_integer(L, 1, "at_least", any_count ? (high < G_MAXINT64 ? 0 : 1) : exactly);

    if (found >= low && found <= high) {
        lua_pushinteger(L, (lua_Integer)found);
        return 1;
    }
    lua_getfield(L, 1, "message");
    stunt_match_push_text(L, runtime, &query);
    lua_pushfstring(L, "expected %s%I event(s) %s, found %I",
                    !any_count    ? ""
                    : found < low ? "at least "
                                  : "at most ",
                    (LUAI_UACINT)(found < low ? low : high), lua_tostring(L, -1), (LUAI_UACINT)found);
    return fail(L, lua_gettop(L) - 2);
}

static int expect_no_event(lua_State *L)
{
    luaL_checktype(L, 1, LUA_TTABLE);
    lua_pushinteger(L, 0);
    lua_setfield(L, 1, "count");
    return expect_event(L);
}

static int expect_kernel_log(lua_State *L)
{
    StuntRuntime *runtime = stunt_runtime_ready(L);
    const GPtrArray *log;
    GError *error = NULL;

    luaL_checkstring(L, 1);
    lua_settop(L, 2);
    if (!stunt_guest_sync(runtime->guest, runtime->deadline_ns, &error)) {
        return stunt_runtime_raise(runtime, L, error);
    }
    log = stunt_guest_kernel_log(runtime->guest);
    for (guint i = 0; i < log->len; i++) {
        if (stunt_bridge_has_pattern(L, ((const StuntKmsg *)log->pdata[i])->text, 1)) {
            return 0;
        }
    }
    lua_pushfstring(L, "no line of the kernel log has the pattern %s", push_shown(L, 1));
    return fail(L, 2);
}

static const StuntFunction functions[] = {
    { "equal", expect_equal, "expect.equal(value, expected [, message])",
      "Both are equal; tables are compared field by field." },
    { "not_equal", expect_not_equal, "expect.not_equal(value, unexpected [, message])", "They differ." },
    { "is_true", expect_is_true, "expect.is_true(value [, message])", "The value is neither false nor nil." },
    { "between", expect_between, "expect.between(value, low, high [, message])", "low <= value <= high." },
    { "match", expect_match, "expect.match(text, pattern [, message])", "The text has the Lua pattern." },
    { "error", expect_error, "expect.error(function [, pattern [, message]]) -> text",
      "The function raises an error, and its text has the Lua pattern. A verdict that falls in it stays." },
    { "event", expect_event,
      "expect.event { query, count =, at_least =, at_most =, since =, message = } -> integer",
      "As many events as asked for agree with the query (see `vm:events`): at least one when\n"
      "nothing is said. Gives the number found." },
    { "no_event", expect_no_event, "expect.no_event { query, since =, message = }",
      "No event agrees with the query." },
    { "forbidden", expect_forbidden, "expect.forbidden(rule, function [, message]) -> integer",
      "While the function runs, the event that the rule forbids is meant to happen: the machine goes on\n"
      "each time, and it must happen at least once. Gives how often it did." },
    { "kernel_log", expect_kernel_log, "expect.kernel_log(pattern [, message])",
      "A line of the kernel log has the Lua pattern." },
    { NULL, NULL, NULL, NULL },
};

const StuntBinding stunt_binding_expect = {
    .name = "expect",
    .doc = "What must hold. A failure is a FAIL with file, line, message and the last lines of the\n"
           "timeline, also when the script catches the error with `pcall`.",
    .function = functions,
};
