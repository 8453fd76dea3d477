/* SPDX-License-Identifier: GPL-2.0-or-later */
/* tostring(), string.format() and print() without addresses: they differ from run to run. */
#include <string.h>

#include "lib/scenario/sandbox.h"

/* Pushes the text of the value at idx. */
static void push_text(lua_State *L, int idx)
{
    int type = lua_type(L, idx);

    if (type == LUA_TNIL || type == LUA_TBOOLEAN || type == LUA_TNUMBER || type == LUA_TSTRING) {
        luaL_tolstring(L, idx, NULL);
    } else if (luaL_getmetafield(L, idx, "__tostring") != LUA_TNIL) {
        lua_pop(L, 1);
        luaL_tolstring(L, idx, NULL);
    } else if (luaL_getmetafield(L, idx, "__name") != LUA_TSTRING) {
        lua_pushstring(L, luaL_typename(L, idx)); /* above whatever that field is */
    }
}

static int to_string(lua_State *L)
{
    luaL_checkany(L, 1);
    push_text(L, 1);
    return 1;
}

static void refuse_pointers(lua_State *L, const char *format)
{
    while ((format = strchr(format, '%'))) {
        format++;
        if (*format != '%') {
            format += strspn(format, "-+ #0123456789.");
        }
        if (*format == 'p') {
            luaL_error(L, "string.format: %%p is not allowed in scenarios, addresses differ from run to run");
        }
        format += *format != '\0';
    }
}

/* Upvalue: the original. */
static int format_text(lua_State *L)
{
    int args = lua_gettop(L);

    refuse_pointers(L, luaL_checkstring(L, 1));
    for (int i = 2; i <= args; i++) {
        int type = lua_type(L, i);

        if (type == LUA_TTABLE || type == LUA_TFUNCTION || type == LUA_TUSERDATA || type == LUA_TTHREAD) {
            push_text(L, i);
            lua_replace(L, i);
        }
    }
    lua_pushvalue(L, lua_upvalueindex(1));
    lua_insert(L, 1);
    lua_call(L, args, 1);
    return 1;
}

static int print_text(lua_State *L)
{
    StuntSandbox *sandbox = stunt_sandbox_of(L);
    int args = lua_gettop(L);
    luaL_Buffer buffer;

    luaL_buffinit(L, &buffer);
    for (int i = 1; i <= args; i++) {
        if (i > 1) {
            luaL_addchar(&buffer, ' ');
        }
        push_text(L, i);
        luaL_addvalue(&buffer);
    }
    luaL_pushresult(&buffer);
    if (sandbox->print) {
        sandbox->print(lua_tostring(L, -1), sandbox->data);
    }
    return 0;
}

void stunt_sandbox_open_text(lua_State *L)
{
    lua_pushcfunction(L, to_string);
    lua_setglobal(L, "tostring");
    lua_pushcfunction(L, print_text);
    lua_setglobal(L, "print");
    lua_getglobal(L, "string");
    lua_getfield(L, -1, "format");
    lua_pushcclosure(L, format_text, 1);
    lua_setfield(L, -2, "format");
    lua_pop(L, 1);
}
