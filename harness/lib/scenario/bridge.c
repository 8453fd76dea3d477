/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Registering tables of C functions with Lua, and objects of theirs. */
#include <string.h>

#include "lib/scenario/bridge.h"
#include "stunt/setup.h"

static GPtrArray *function_names(const StuntBinding *binding)
{
    GPtrArray *names = g_ptr_array_new();

    for (const StuntFunction *function = binding->function; function->name; function++) {
        g_ptr_array_add(names, (char *)function->name);
    }
    return names;
}

/* The suggestion for a name that the binding has not, on the Lua stack so that raising frees it. */
static const char *push_suggestion(lua_State *L, const StuntBinding *binding, const char *name)
{
    g_autoptr(GPtrArray) names = function_names(binding);
    g_autofree char *text = stunt_did_you_mean(name, names);

    return lua_pushstring(L, text);
}

/* __index; upvalues: methods, binding. */
static int get_member(lua_State *L)
{
    const StuntBinding *binding = lua_touserdata(L, lua_upvalueindex(2));
    const char *name;

    lua_settop(L, 2);
    lua_pushvalue(L, 2);
    if (lua_rawget(L, lua_upvalueindex(1)) != LUA_TNIL) {
        return 1;
    }
    lua_settop(L, 2);
    if (binding->fallback) {
        return binding->fallback(L);
    }
    name = luaL_tolstring(L, 2, NULL);
    return luaL_error(L, "%s has no '%s'%s", binding->name, name, push_suggestion(L, binding, name));
}

static int refuse_member(lua_State *L)
{
    const StuntBinding *binding = lua_touserdata(L, lua_upvalueindex(1));

    return luaL_error(L, "%s cannot be changed", binding->name);
}

static void push_functions(lua_State *L, const StuntBinding *binding)
{
    lua_newtable(L);
    for (const StuntFunction *function = binding->function; function->name; function++) {
        lua_pushcfunction(L, function->call);
        lua_setfield(L, -2, function->name);
    }
}

/* Sets the metamethods of the metatable on top: members by the binding, nothing to change, nothing to see. */
static void set_metamethods(lua_State *L, const StuntBinding *binding)
{
    push_functions(L, binding);
    lua_pushlightuserdata(L, (gpointer)binding);
    lua_pushcclosure(L, get_member, 2);
    lua_setfield(L, -2, "__index");
    lua_pushlightuserdata(L, (gpointer)binding);
    lua_pushcclosure(L, refuse_member, 1);
    lua_setfield(L, -2, "__newindex");
    lua_pushstring(L, binding->name);
    lua_setfield(L, -2, "__metatable");
}

void stunt_bridge_register(lua_State *L, const StuntBinding *binding)
{
    if (binding->type) {
        luaL_newmetatable(L, binding->type);
        set_metamethods(L, binding);
        lua_pop(L, 1);
    } else if (*binding->name) {
        lua_newtable(L); /* stays empty, so that every member is asked for */
        lua_newtable(L);
        set_metamethods(L, binding);
        lua_setmetatable(L, -2);
        lua_setglobal(L, binding->name);
    } else {
        for (const StuntFunction *function = binding->function; function->name; function++) {
            lua_pushcfunction(L, function->call);
            lua_setglobal(L, function->name);
        }
    }
}

gpointer stunt_bridge_push_object(lua_State *L, const StuntBinding *binding, gsize len)
{
    gpointer object = lua_newuserdatauv(L, len, 1);

    memset(object, 0, len);
    luaL_setmetatable(L, binding->type);
    return object;
}

gpointer stunt_bridge_check_object(lua_State *L, int idx, const StuntBinding *binding)
{
    gpointer object = luaL_testudata(L, idx, binding->type);

    if (!object) {
        luaL_error(L, "%s expected, got %s (is it called with ':'?)", binding->name, luaL_typename(L, idx));
    }
    return object;
}

int stunt_bridge_raise(lua_State *L, GError *error)
{
    luaL_where(L, 1);
    lua_pushstring(L, error->message);
    g_error_free(error);
    lua_concat(L, 2);
    return lua_error(L);
}

/* The innermost Lua function is where it happened; a helper's caller in the scenario file is told too. */
char *stunt_bridge_where(lua_State *L)
{
    g_autofree char *inner = NULL, *source = NULL;
    lua_Debug ar;

    for (int level = 0; lua_getstack(L, level, &ar); level++) {
        lua_getinfo(L, "Sl", &ar);
        if (ar.currentline <= 0 || *ar.source != '@') {
            continue;
        }
        if (!inner) {
            inner = g_strdup_printf("%s:%d", ar.source + 1, ar.currentline);
            source = g_strdup(ar.source);
        } else if (!g_str_equal(source, ar.source)) {
            return g_strdup_printf("%s (called from %s:%d)", inner, ar.source + 1, ar.currentline);
        }
    }
    return inner ? g_steal_pointer(&inner) : g_strdup("?");
}
