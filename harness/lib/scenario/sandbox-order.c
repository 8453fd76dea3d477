/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * pairs() and next() in a fixed order: numbers ascending, then strings, then booleans, then the rest. Lua's
 * own order depends on where the process was loaded, and a run that follows it could not be repeated.
 */
#include <stdlib.h>
#include <string.h>

#include "lib/scenario/sandbox.h"

typedef struct {
    int rank;
    lua_Number number;
    const char *text;
    size_t len;
    lua_Integer at; /* place in Lua's order */
} Key;

enum { RANK_NUMBER, RANK_STRING, RANK_BOOLEAN, RANK_OTHER };

static Key read_key(lua_State *L, lua_Integer at)
{
    Key key = { .rank = RANK_OTHER, .at = at };

    switch (lua_type(L, -1)) {
    case LUA_TNUMBER:
        key.rank = RANK_NUMBER;
        key.number = lua_tonumber(L, -1);
        break;
    case LUA_TSTRING:
        key.rank = RANK_STRING;
        key.text = lua_tolstring(L, -1, &key.len);
        break;
    case LUA_TBOOLEAN:
        key.rank = RANK_BOOLEAN;
        key.number = lua_toboolean(L, -1);
        break;
    }
    return key;
}

static int compare(const void *a, const void *b)
{
    const Key *left = a, *right = b;
    int order = left->rank - right->rank;

    if (!order && left->rank == RANK_STRING) {
        order = memcmp(left->text, right->text, MIN(left->len, right->len));
        order = order ? order : (left->len > right->len) - (left->len < right->len);
    } else if (!order && left->number != right->number) {
        order = left->number < right->number ? -1 : 1;
    }
    return order ? order : (left->at > right->at) - (left->at < right->at);
}

/* Pushes the keys of the table at index 1 as a sequence in order; returns their number. */
static lua_Integer push_keys(lua_State *L)
{
    lua_Integer n = 0;
    Key *keys;
    int found;

    lua_newtable(L);
    found = lua_gettop(L);
    for (lua_pushnil(L); lua_next(L, 1);) {
        lua_pop(L, 1);
        lua_pushvalue(L, -1);
        lua_rawseti(L, found, ++n);
    }
    keys = lua_newuserdatauv(L, sizeof(*keys) * (n + 1), 0); /* memory that an error frees */
    for (lua_Integer i = 1; i <= n; i++) {
        lua_rawgeti(L, found, i);
        keys[i - 1] = read_key(L, i);
        lua_pop(L, 1); /* the sequence holds it */
    }
    qsort(keys, n, sizeof(*keys), compare);
    lua_createtable(L, (int)MIN(n, G_MAXINT), 0);
    for (lua_Integer i = 1; i <= n; i++) {
        lua_rawgeti(L, found, keys[i - 1].at);
        lua_rawseti(L, -2, i);
    }
    return n;
}

/* Upvalues: table, its keys, place. Fields removed on the way are skipped. */
static int iterate(lua_State *L)
{
    lua_Integer i = lua_tointeger(L, lua_upvalueindex(3));

    for (;;) {
        if (lua_rawgeti(L, lua_upvalueindex(2), ++i) == LUA_TNIL) {
            return 1;
        }
        lua_pushvalue(L, -1);
        if (lua_rawget(L, lua_upvalueindex(1)) != LUA_TNIL) {
            lua_pushinteger(L, i);
            lua_replace(L, lua_upvalueindex(3));
            return 2;
        }
        lua_pop(L, 2);
    }
}

static int ordered_pairs(lua_State *L)
{
    if (luaL_getmetafield(L, 1, "__pairs") != LUA_TNIL) {
        lua_pushvalue(L, 1);
        lua_call(L, 1, 3);
        return 3;
    }
    luaL_checktype(L, 1, LUA_TTABLE);
    lua_settop(L, 1);
    push_keys(L);
    lua_pushvalue(L, 1);
    lua_insert(L, -2);
    lua_pushinteger(L, 0);
    lua_pushcclosure(L, iterate, 3);
    return 1;
}

/* next(t): the first field, to ask for emptiness. Walking on would mean to sort again at each step. */
static int first_pair(lua_State *L)
{
    luaL_checktype(L, 1, LUA_TTABLE);
    if (!lua_isnoneornil(L, 2)) {
        return luaL_error(L, "next() takes no key in scenarios; use pairs(), its order is fixed");
    }
    lua_settop(L, 1);
    if (push_keys(L) == 0) {
        lua_pushnil(L);
        return 1;
    }
    lua_rawgeti(L, -1, 1);
    lua_pushvalue(L, -1);
    lua_rawget(L, 1);
    return 2;
}

void stunt_sandbox_open_order(lua_State *L)
{
    lua_pushcfunction(L, ordered_pairs);
    lua_setglobal(L, "pairs");
    lua_pushcfunction(L, first_pair);
    lua_setglobal(L, "next");
}
