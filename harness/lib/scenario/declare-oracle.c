/* SPDX-License-Identifier: GPL-2.0-or-later */
/* oracle = { allow = …, expect = …, leave_loaded = …, misuse = … } */
#include <string.h>

#include "lib/scenario/declare.h"

static void check_pattern(lua_State *L, const char *key, const char *pattern)
{
    GError *error = NULL;
    GRegex *regex = g_regex_new(pattern, G_REGEX_RAW, 0, &error);

    if (!regex) {
        lua_pushfstring(L, "oracle: %s: '%s': %s", key, pattern, error->message);
        g_error_free(error);
        luaL_error(L, "%s", lua_tostring(L, -1));
    }
    g_regex_unref(regex);
}

static void declare_allowed(lua_State *L, StuntRuntime *runtime)
{
    if (lua_type(L, -1) != LUA_TSTRING) {
        luaL_error(L, "oracle: allow must be a list of patterns");
    }
    check_pattern(L, "allow", lua_tostring(L, -1));
    g_ptr_array_add(runtime->scenario->allow, g_strdup(lua_tostring(L, -1)));
}

/* ---- what must be found -------------------------------------------------------------------------- */

static void check_kind(lua_State *L, const char *kind)
{
    if (!stunt_kind_by_name(kind)) {
        GPtrArray *names = stunt_kind_names();
        char *near_name = stunt_did_you_mean(kind, names);

        lua_pushfstring(L, "oracle: expect: there is no kind of finding '%s'%s", kind, near_name);
        g_free(near_name);
        g_ptr_array_unref(names);
        luaL_error(L, "%s", lua_tostring(L, -1));
    }
}

/* A number of findings, or true for any but none, of the table on top of the stack. */
static gint64 get_count(lua_State *L)
{
    gint64 count = 1;

    if (lua_getfield(L, -1, "count") == LUA_TBOOLEAN && lua_toboolean(L, -1)) {
        count = -1;
    } else if (lua_isinteger(L, -1) && lua_tointeger(L, -1) > 0) {
        count = lua_tointeger(L, -1);
    } else if (!lua_isnil(L, -1)) {
        luaL_error(L, "oracle: expect: count must be a number from 1 on, or true for any");
    }
    lua_pop(L, 1);
    return count;
}

static void declare_expected(lua_State *L, StuntRuntime *runtime)
{
    static const char *const keys[] = { "kind", "pattern", "count", NULL };
    const char *kind, *pattern;
    StuntExpectedFinding *expected;
    gint64 count;

    if (!lua_istable(L, -1)) {
        luaL_error(L, "oracle: expect must be a list of tables like { kind = \"warn\" }");
    }
    stunt_bridge_check_keys(L, -1, "oracle: expect", keys);
    kind = stunt_bridge_get_string(L, -1, "kind", NULL);
    pattern = stunt_bridge_get_string(L, -1, "pattern", NULL);
    count = get_count(L);
    if (kind) {
        check_kind(L, kind);
    }
    if (pattern) {
        check_pattern(L, "expect", pattern);
    }
    if (!kind && !pattern) {
        luaL_error(L, "oracle: expect: a kind or a pattern is missing");
    }
    expected = g_new0(StuntExpectedFinding, 1);
    expected->kind = g_strdup(kind);
    expected->pattern = g_strdup(pattern);
    expected->count = count;
    g_ptr_array_add(runtime->scenario->expect, expected);
}

/* ---- misuse -------------------------------------------------------------------------------------- */

static const char *push_near_device(lua_State *L, StuntRuntime *runtime, const char *name)
{
    g_autoptr(GPtrArray) names = stunt_spec_names(runtime->scenario->device);
    g_autofree char *near_name = stunt_did_you_mean(name, names);

    return lua_pushstring(L, near_name);
}

static gint by_device(gconstpointer a, gconstpointer b)
{
    const StuntMisuseAllowance *const *left = a, *const *right = b;

    return strcmp((*left)->device, (*right)->device);
}

/* { dma0 = 2, dma1 = true } on top of the stack; its keys come in no order of their own. */
static void declare_misuse(lua_State *L, StuntRuntime *runtime)
{
    for (lua_pushnil(L); lua_next(L, -2); lua_pop(L, 1)) {
        const char *name = lua_type(L, -2) == LUA_TSTRING ? lua_tostring(L, -2) : "?";
        gboolean any = lua_isboolean(L, -1) && lua_toboolean(L, -1);
        StuntMisuseAllowance *allowance;

        if (!stunt_runtime_device(runtime, name)) {
            luaL_error(L, "oracle: misuse: the machine has no device '%s'%s", name,
                       push_near_device(L, runtime, name));
        }
        if (!any && (!lua_isinteger(L, -1) || lua_tointeger(L, -1) < 0)) {
            luaL_error(L, "oracle: misuse: %s must be a number of events, or true for any", name);
        }
        allowance = g_new0(StuntMisuseAllowance, 1);
        allowance->device = g_strdup(name);
        allowance->count = any ? -1 : lua_tointeger(L, -1);
        g_ptr_array_add(runtime->scenario->misuse, allowance);
    }
    g_ptr_array_sort(runtime->scenario->misuse, by_device);
}

void stunt_declare_oracle(lua_State *L, int idx, StuntRuntime *runtime)
{
    static const char *const keys[] = { "allow", "expect", "leave_loaded", "misuse", NULL };

    if (lua_getfield(L, idx, "oracle") != LUA_TNIL) {
        luaL_checktype(L, -1, LUA_TTABLE);
        stunt_bridge_check_keys(L, -1, "oracle", keys);
        stunt_declare_list(L, lua_gettop(L), "allow", runtime, declare_allowed);
        stunt_declare_list(L, lua_gettop(L), "expect", runtime, declare_expected);
        runtime->scenario->leave_loaded = g_strdup(stunt_bridge_get_string(L, -1, "leave_loaded", NULL));
        if (lua_getfield(L, -1, "misuse") == LUA_TTABLE) {
            declare_misuse(L, runtime);
        } else if (!lua_isnil(L, -1)) {
            luaL_error(L, "oracle: misuse must be a table of devices");
        }
        lua_pop(L, 1);
    }
    lua_pop(L, 1);
}
