/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Values of event fields, and queries for events. */
#include "lib/scenario/match.h"
#include "lib/scenario/resolve.h"
#include "lib/vm/cmdline.h"

#define NO_DEVICE (G_MAXUINT16 + 1) /* no event is of this one: the device has not shown up yet */

/* The value on top of the stack, a number or a name. */
static guint64 read_value(lua_State *L, const StuntMatch *match, const char *key)
{
    GError *error = NULL;
    guint64 value = 0;
    int whole;

    if (lua_type(L, -1) == LUA_TSTRING) {
        if (!match->device) {
            luaL_error(L, "%s: a name needs a device", key);
        }
        if (!stunt_resolve_value(match->device, match->class_info, key, lua_tostring(L, -1), &value,
                                 &error)) {
            stunt_bridge_raise(L, error);
        }
        return value;
    }
    value = (guint64)lua_tointegerx(L, -1, &whole);
    if (lua_type(L, -1) != LUA_TNUMBER || !whole) {
        luaL_error(L, "%s: a whole number, a name, or { value = …, mask = … } expected, got a %s", key,
                   luaL_typename(L, -1));
    }
    return value;
}

/* { value, mask } or { value = …, mask = … } on top of the stack: pushes one of the two. */
static void push_part(lua_State *L, const char *key, lua_Integer at, const char *name)
{
    if (lua_getfield(L, -1, name) == LUA_TNIL) {
        lua_pop(L, 1);
        lua_rawgeti(L, -1, at);
    }
    if (lua_isnil(L, -1)) {
        luaL_error(L, "%s: { value, mask } has no %s", key, name);
    }
}

void stunt_match_add(lua_State *L, StuntMatch *match, const char *key)
{
    GError *error = NULL;
    guint i;

    if (!stunt_resolve_field(match->class_info, key, &i, &error)) {
        stunt_bridge_raise(L, error);
    }
    match->mask[i] = G_MAXUINT64;
    if (lua_istable(L, -1)) {
        push_part(L, key, 2, "mask");
        match->mask[i] = read_value(L, match, key);
        lua_pop(L, 1);
        push_part(L, key, 1, "value");
        match->value[i] = read_value(L, match, key);
        lua_pop(L, 1);
        if (match->value[i] & ~match->mask[i]) {
            luaL_error(L, "%s: the value has bits outside of its mask, it can never match", key);
        }
    } else {
        match->value[i] = read_value(L, match, key);
    }
    match->used |= 1u << i;
}

void stunt_match_add_table(lua_State *L, int idx, StuntMatch *match)
{
    idx = lua_absindex(L, idx);
    for (lua_pushnil(L); lua_next(L, idx); lua_pop(L, 1)) {
        if (lua_type(L, -2) != LUA_TSTRING) {
            luaL_error(L, "match: fields have names");
        }
        stunt_match_add(L, match, lua_tostring(L, -2));
    }
}

/* ---- queries ------------------------------------------------------------------------------------- */

static const char *push_near_device(lua_State *L, StuntRuntime *runtime, const char *name)
{
    g_autoptr(GPtrArray) names = stunt_spec_names(runtime->scenario->device);
    g_autofree char *near_name = NULL;

    g_ptr_array_add(names, STUNT_LINK_ID);
    near_name = stunt_did_you_mean(name, names);
    return lua_pushstring(L, near_name);
}

/* Sets the query's device and what names mean for it. */
static void read_device(lua_State *L, int idx, StuntRuntime *runtime, StuntEventQuery *query,
                        StuntMatch *match)
{
    const char *name = stunt_bridge_get_string(L, idx, "device", NULL);
    const StuntDeviceDef *device = name ? stunt_runtime_device(runtime, name) : NULL;

    query->device = -1;
    if (!name) {
        return;
    }
    if (!device && !g_str_equal(name, STUNT_LINK_ID)) {
        luaL_error(L, "the machine has no device '%s'%s", name, push_near_device(L, runtime, name));
    }
    match->device = stunt_spec_device(runtime->spec, device ? device->type : name);
    query->device = stunt_timeline_device_index(runtime->timeline, name);
    if (query->device < 0) {
        query->device = NO_DEVICE;
    }
}

static void read_class(lua_State *L, int idx, StuntEventQuery *query, StuntMatch *match)
{
    const char *name = stunt_bridge_get_string(L, idx, "class", NULL);
    GError *error = NULL;

    query->class_id = -1;
    if (name) {
        match->class_info = stunt_resolve_class(name, &error);
        if (!match->class_info) {
            stunt_bridge_raise(L, error);
        }
        query->class_id = match->class_info->id;
    }
}

static gboolean is_other(const char *key, const char *const *others)
{
    return g_str_equal(key, "device") || g_str_equal(key, "class") || g_str_equal(key, "match") ||
           g_strv_contains(others, key);
}

/* Fields of the event among the keys of the table, and in its table `match`. */
static void read_fields(lua_State *L, int idx, StuntMatch *match, const char *const *others)
{
    for (lua_pushnil(L); lua_next(L, idx); lua_pop(L, 1)) {
        const char *key = lua_type(L, -2) == LUA_TSTRING ? lua_tostring(L, -2) : NULL;

        if (!key) {
            luaL_error(L, "a query has named fields only");
        }
        if (is_other(key, others) && !g_str_equal(key, "match")) {
            continue;
        }
        if (!match->class_info) {
            luaL_error(L, "'%s' needs a class: each class of events has fields of its own", key);
        }
        if (g_str_equal(key, "match")) {
            luaL_checktype(L, -1, LUA_TTABLE);
            stunt_match_add_table(L, -1, match);
        } else {
            stunt_match_add(L, match, key);
        }
    }
}

StuntEventQuery stunt_match_query(lua_State *L, int idx, StuntRuntime *runtime, const char *const *others)
{
    StuntEventQuery query = { 0 };
    StuntMatch match = {0};

    idx = lua_absindex(L, idx);
    luaL_checktype(L, idx, LUA_TTABLE);
    read_device(L, idx, runtime, &query, &match);
    read_class(L, idx, &query, &match);
    read_fields(L, idx, &match, others);
    query.used = match.used;
    for (guint i = 0; i < STUNT_FIELDS_MAX; i++) {
        query.value[i] = match.value[i];
        query.mask[i] = match.mask[i];
    }
    query.since = g_strv_contains(others, "since") ? stunt_bridge_get_integer(L, idx, "since", 0) : 0;
    return query;
}

void stunt_match_push_text(lua_State *L, StuntRuntime *runtime, const StuntEventQuery *query)
{
    const struct stunt_class_info *info = query->class_id >= 0 ? stunt_class_by_id(query->class_id) : NULL;
    luaL_Buffer buffer;

    luaL_buffinit(L, &buffer);
    luaL_addstring(&buffer, query->device >= 0 ? stunt_timeline_device_name(runtime->timeline, query->device)
                                               : "any device");
    lua_pushfstring(L, " %s", info ? info->name : "any class");
    luaL_addvalue(&buffer);
    for (guint i = 0; info && i < info->n_fields; i++) {
        if (query->used & (1u << i)) {
            lua_pushfstring(L, " %s=%I", info->field[i], (LUAI_UACINT)query->value[i]);
            luaL_addvalue(&buffer);
        }
    }
    luaL_pushresult(&buffer);
}
