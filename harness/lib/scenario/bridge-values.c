/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Checked values out of Lua, and values into it. */
#include "lib/scenario/bridge.h"
#include "stunt/scenario.h"
#include "stunt/setup.h"

static const char *push_suggestion(lua_State *L, const char *name, const char *const *allowed)
{
    g_autoptr(GPtrArray) names = g_ptr_array_new();
    g_autofree char *text = NULL;

    for (; *allowed; allowed++) {
        g_ptr_array_add(names, (char *)*allowed);
    }
    text = stunt_did_you_mean(name, names);
    return lua_pushstring(L, text);
}

void stunt_bridge_check_keys(lua_State *L, int idx, const char *what, const char *const *allowed)
{
    idx = lua_absindex(L, idx);
    for (lua_pushnil(L); lua_next(L, idx); lua_pop(L, 1)) {
        const char *name = lua_type(L, -2) == LUA_TSTRING ? lua_tostring(L, -2) : NULL;

        if (!name) {
            luaL_error(L, "%s: only named fields belong here", what);
        }
        if (!g_strv_contains(allowed, name)) {
            luaL_error(L, "%s: unknown field '%s'%s", what, name, push_suggestion(L, name, allowed));
        }
    }
}

/* Pushes the field; FALSE (nothing pushed) when it is absent, an error when it has another type. */
static gboolean push_field(lua_State *L, int idx, const char *key, int type)
{
    idx = lua_absindex(L, idx);
    if (lua_getfield(L, idx, key) == LUA_TNIL) {
        lua_pop(L, 1);
        return FALSE;
    }
    if (lua_type(L, -1) != type) {
        luaL_error(L, "%s must be a %s, not a %s", key, lua_typename(L, type), luaL_typename(L, -1));
    }
    return TRUE;
}

const char *stunt_bridge_get_string(lua_State *L, int idx, const char *key, const char *def)
{
    const char *text = def;

    if (push_field(L, idx, key, LUA_TSTRING)) {
        text = lua_tostring(L, -1);
        lua_pop(L, 1); /* the table still holds it */
    }
    return text;
}

guint64 stunt_bridge_get_integer(lua_State *L, int idx, const char *key, guint64 def)
{
    lua_Integer value = (lua_Integer)def;
    int whole;

    if (push_field(L, idx, key, LUA_TNUMBER)) {
        value = lua_tointegerx(L, -1, &whole);
        if (!whole || value < 0) {
            luaL_error(L, "%s must be a whole number, not negative", key);
        }
        lua_pop(L, 1);
    }
    return (guint64)value;
}

gboolean stunt_bridge_get_boolean(lua_State *L, int idx, const char *key, gboolean def)
{
    gboolean value = def;

    if (push_field(L, idx, key, LUA_TBOOLEAN)) {
        value = lua_toboolean(L, -1);
        lua_pop(L, 1);
    }
    return value;
}

guint64 stunt_bridge_to_ns(lua_State *L, int idx, const char *what)
{
    GError *error = NULL;
    guint64 ns = 0;
    int whole;

    if (lua_type(L, idx) == LUA_TSTRING) {
        if (!stunt_time_parse(lua_tostring(L, idx), &ns, &error)) {
            stunt_bridge_raise(L, error);
        }
        return ns;
    }
    ns = (guint64)lua_tointegerx(L, idx, &whole);
    if (lua_type(L, idx) != LUA_TNUMBER || !whole || (gint64)ns < 0) {
        luaL_error(L, "%s must be a time like \"100ms\", or a number of nanoseconds", what);
    }
    return ns;
}

guint64 stunt_bridge_get_ns(lua_State *L, int idx, const char *key, guint64 def)
{
    guint64 ns = def;

    if (lua_getfield(L, idx, key) != LUA_TNIL) {
        ns = stunt_bridge_to_ns(L, -1, key);
    }
    lua_pop(L, 1);
    return ns;
}

/* ---- JSON ---------------------------------------------------------------------------------------- */

static void push_object(lua_State *L, JsonObject *object)
{
    JsonObjectIter iter;
    const char *name;
    JsonNode *member;

    lua_newtable(L);
    json_object_iter_init(&iter, object);
    while (json_object_iter_next(&iter, &name, &member)) {
        stunt_bridge_push_json(L, member);
        lua_setfield(L, -2, name);
    }
}

static void push_array(lua_State *L, JsonArray *array)
{
    lua_newtable(L);
    for (guint i = 0; i < json_array_get_length(array); i++) {
        stunt_bridge_push_json(L, json_array_get_element(array, i));
        lua_rawseti(L, -2, i + 1);
    }
}

static void push_value(lua_State *L, JsonNode *node)
{
    GType type = json_node_get_value_type(node);

    if (type == G_TYPE_BOOLEAN) {
        lua_pushboolean(L, json_node_get_boolean(node));
    } else if (type == G_TYPE_DOUBLE) {
        lua_pushnumber(L, json_node_get_double(node));
    } else if (type == G_TYPE_STRING) {
        lua_pushstring(L, json_node_get_string(node));
    } else {
        lua_pushinteger(L, json_node_get_int(node));
    }
}

void stunt_bridge_push_json(lua_State *L, JsonNode *node)
{
    luaL_checkstack(L, 4, "JSON nested too deeply");
    switch (json_node_get_node_type(node)) {
    case JSON_NODE_OBJECT:
        push_object(L, json_node_get_object(node));
        break;
    case JSON_NODE_ARRAY:
        push_array(L, json_node_get_array(node));
        break;
    case JSON_NODE_VALUE:
        push_value(L, node);
        break;
    case JSON_NODE_NULL:
        lua_pushnil(L);
        break;
    }
}

JsonNode *stunt_bridge_to_json(lua_State *L, int idx)
{
    switch (lua_type(L, idx)) {
    case LUA_TBOOLEAN:
        return json_node_init_boolean(json_node_alloc(), lua_toboolean(L, idx));
    case LUA_TNUMBER:
        if (lua_isinteger(L, idx)) {
            return json_node_init_int(json_node_alloc(), lua_tointeger(L, idx));
        }
        return json_node_init_double(json_node_alloc(), lua_tonumber(L, idx));
    case LUA_TSTRING:
        return json_node_init_string(json_node_alloc(), lua_tostring(L, idx));
    default:
        luaL_error(L, "a boolean, number or string expected, got a %s", luaL_typename(L, idx));
        return NULL;
    }
}

void stunt_bridge_set_integer(lua_State *L, const char *key, guint64 value)
{
    lua_pushinteger(L, (lua_Integer)value);
    lua_setfield(L, -2, key);
}

void stunt_bridge_set_string(lua_State *L, const char *key, const char *text, gsize len)
{
    lua_pushlstring(L, text, len);
    lua_setfield(L, -2, key);
}

gboolean stunt_bridge_has_pattern(lua_State *L, const char *text, int pattern)
{
    gboolean found;

    lua_getglobal(L, "string");
    lua_getfield(L, -1, "find");
    lua_pushstring(L, text);
    lua_pushvalue(L, pattern);
    lua_call(L, 2, 1);
    found = !lua_isnil(L, -1);
    lua_pop(L, 2);
    return found;
}
