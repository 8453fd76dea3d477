/* SPDX-License-Identifier: GPL-2.0-or-later */
/* load, setmetatable, xpcall and math.randomseed without their dangers. */
#include "lib/scenario/sandbox.h"

/* Upvalue: the original. Byte code can corrupt the interpreter, so only text is loaded. */
static int load_text(lua_State *L)
{
    lua_settop(L, MAX(lua_gettop(L), 3)); /* without a fourth argument the environment stays the global one */
    lua_pushliteral(L, "t");
    lua_replace(L, 3);
    lua_pushvalue(L, lua_upvalueindex(1));
    lua_insert(L, 1);
    lua_call(L, lua_gettop(L) - 1, LUA_MULTRET);
    return lua_gettop(L);
}

/* Upvalue: the original. Finalizers run at moments that no seed decides, and without the time check. */
static int set_metatable(lua_State *L)
{
    if (lua_istable(L, 2)) {
        lua_pushliteral(L, "__gc");
        if (lua_rawget(L, 2) != LUA_TNIL) {
            return luaL_error(L, "__gc is not allowed in scenarios");
        }
        lua_pop(L, 1);
    }
    lua_pushvalue(L, lua_upvalueindex(1));
    lua_insert(L, 1);
    lua_call(L, lua_gettop(L) - 1, 1);
    return 1;
}

/*
 * Message handler; upvalue: the script's own. An error of the time check is raised inside the hook, where no
 * further check happens: a handler that loops would never end, so it is not asked.
 */
static int handle(lua_State *L)
{
    if (stunt_sandbox_of(L)->expired || stunt_sandbox_of(L)->interrupted) {
        return 1;
    }
    lua_pushvalue(L, lua_upvalueindex(1));
    lua_insert(L, 1);
    lua_call(L, lua_gettop(L) - 1, LUA_MULTRET);
    return lua_gettop(L);
}

/* Upvalue: the original. */
static int protected_call(lua_State *L)
{
    luaL_checktype(L, 2, LUA_TFUNCTION);
    lua_pushvalue(L, 2);
    lua_pushcclosure(L, handle, 1);
    lua_replace(L, 2);
    lua_pushvalue(L, lua_upvalueindex(1));
    lua_insert(L, 1);
    lua_call(L, lua_gettop(L) - 1, LUA_MULTRET);
    return lua_gettop(L);
}

/* Upvalue: the original, which takes the clock when it gets no seed. */
static int random_seed(lua_State *L)
{
    luaL_checkinteger(L, 1);
    lua_pushvalue(L, lua_upvalueindex(1));
    lua_insert(L, 1);
    lua_call(L, lua_gettop(L) - 1, 0);
    return 0;
}

/* Replaces field `name` of the table on top by a function that has the original as upvalue. */
static void wrap(lua_State *L, const char *name, lua_CFunction function)
{
    lua_getfield(L, -1, name);
    lua_pushcclosure(L, function, 1);
    lua_setfield(L, -2, name);
}

static void forget(lua_State *L, const char *name)
{
    lua_pushnil(L);
    lua_setfield(L, -2, name);
}

void stunt_sandbox_open_base(lua_State *L)
{
    lua_getglobal(L, "math");
    wrap(L, "randomseed", random_seed);
    lua_getglobal(L, "string");
    forget(L, "dump");
    lua_pop(L, 2);
    lua_pushglobaltable(L);
    wrap(L, "load", load_text);
    wrap(L, "setmetatable", set_metatable);
    wrap(L, "xpcall", protected_call);
    lua_pop(L, 1);
}
