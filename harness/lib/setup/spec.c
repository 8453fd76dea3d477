/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reads the devices' descriptions from spec.lua: a Lua table, evaluated without any library. */
#include <lauxlib.h>
#include <lua.h>
#include <string.h>

#include "stunt/error.h"
#include "stunt/setup.h"

static void name_free(gpointer data)
{
    StuntSpecName *name = data;

    g_free(name->name);
    g_free(name->doc);
    g_free(name);
}

static void register_free(gpointer data)
{
    StuntSpecRegister *reg = data;

    g_free(reg->name);
    g_free(reg->doc);
    g_ptr_array_unref(reg->field);
    g_free(reg);
}

static void enum_free(gpointer data)
{
    StuntSpecEnum *one = data;

    g_free(one->name);
    g_free(one->doc);
    g_ptr_array_unref(one->value);
    g_free(one);
}

static void device_free(gpointer data)
{
    StuntSpecDevice *device = data;

    g_free(device->name);
    g_free(device->title);
    g_ptr_array_unref(device->adjustable);
    g_ptr_array_unref(device->reg);
    g_ptr_array_unref(device->vector);
    g_ptr_array_unref(device->event);
    g_ptr_array_unref(device->enums);
    g_free(device);
}

void stunt_spec_free(StuntSpec *spec)
{
    if (spec) {
        g_ptr_array_unref(spec->device);
        g_free(spec);
    }
}

/* ---- reading: each function leaves the Lua stack as it was; wrong types raise a Lua error ---------- */

static const char *get_string(lua_State *L, const char *key)
{
    const char *text;

    lua_getfield(L, -1, key);
    text = lua_tostring(L, -1);
    lua_pop(L, 1); /* the table still holds it */
    return text ? text : "";
}

static guint64 get_number(lua_State *L, const char *key)
{
    guint64 value;

    lua_getfield(L, -1, key);
    value = (guint64)lua_tointeger(L, -1);
    lua_pop(L, 1);
    return value;
}

static void get_table(lua_State *L, const char *key)
{
    if (lua_getfield(L, -1, key) != LUA_TTABLE) {
        luaL_error(L, "'%s' is no table", key);
    }
}

static StuntSpecName *new_name(const char *name, guint64 value, const char *doc)
{
    StuntSpecName *one = g_new0(StuntSpecName, 1);

    one->name = g_strdup(name);
    one->value = value;
    one->doc = g_strdup(doc);
    return one;
}

static int compare_values(gconstpointer a, gconstpointer b)
{
    const StuntSpecName *const *left = a, *const *right = b;

    if ((*left)->value != (*right)->value) {
        return (*left)->value < (*right)->value ? -1 : 1;
    }
    return strcmp((*left)->name, (*right)->name);
}

/* The map of names to numbers on top of the stack. */
static GPtrArray *read_map(lua_State *L)
{
    GPtrArray *names = g_ptr_array_new_with_free_func(name_free);

    for (lua_pushnil(L); lua_next(L, -2); lua_pop(L, 1)) {
        g_ptr_array_add(names, new_name(lua_tostring(L, -2), (guint64)lua_tointeger(L, -1), ""));
    }
    g_ptr_array_sort(names, compare_values);
    return names;
}

static void add_enum(GPtrArray *enums, const char *name, GPtrArray *values)
{
    StuntSpecEnum *one = g_new0(StuntSpecEnum, 1);

    one->name = g_strdup(name);
    one->doc = g_strdup("");
    one->value = values;
    g_ptr_array_add(enums, one);
}

/* A field of the register, and the names of its values as the enum REGISTER_FIELD. */
static void read_field(lua_State *L, StuntSpecRegister *reg, GPtrArray *enums)
{
    const char *name = get_string(L, "name");
    GPtrArray *values;

    g_ptr_array_add(reg->field, new_name(name, get_number(L, "mask"), get_string(L, "doc")));
    get_table(L, "values");
    values = read_map(L);
    lua_pop(L, 1);
    if (values->len) {
        g_autofree char *full = g_strdup_printf("%s_%s", reg->name, name);

        add_enum(enums, full, values);
    } else {
        g_ptr_array_unref(values);
    }
}

static void read_register(lua_State *L, StuntSpecDevice *device)
{
    StuntSpecRegister *reg = g_new0(StuntSpecRegister, 1);

    reg->field = g_ptr_array_new_with_free_func(name_free);
    g_ptr_array_add(device->reg, reg);
    reg->name = g_strdup(get_string(L, "name"));
    reg->doc = g_strdup(get_string(L, "doc"));
    reg->offset = get_number(L, "offset");
    reg->reset = get_number(L, "reset");
    reg->count = get_number(L, "count");
    reg->stride = get_number(L, "stride");
    get_table(L, "fields");
    for (lua_Integer i = 1; lua_rawgeti(L, -1, i) == LUA_TTABLE; i++) {
        read_field(L, reg, device->enums);
        lua_pop(L, 1);
    }
    lua_pop(L, 2);
}

static int compare_enums(gconstpointer a, gconstpointer b)
{
    const StuntSpecEnum *const *left = a, *const *right = b;

    return strcmp((*left)->name, (*right)->name);
}

static void read_strings(lua_State *L, const char *key, GPtrArray *strings)
{
    get_table(L, key);
    for (lua_Integer i = 1; lua_rawgeti(L, -1, i) == LUA_TSTRING; i++) {
        g_ptr_array_add(strings, g_strdup(lua_tostring(L, -1)));
        lua_pop(L, 1);
    }
    lua_pop(L, 2);
}

static void read_device(lua_State *L, StuntSpec *spec)
{
    StuntSpecDevice *device = g_new0(StuntSpecDevice, 1);

    device->adjustable = g_ptr_array_new_with_free_func(g_free);
    device->event = g_ptr_array_new_with_free_func(g_free);
    device->reg = g_ptr_array_new_with_free_func(register_free);
    device->enums = g_ptr_array_new_with_free_func(enum_free);
    device->vector = g_ptr_array_new_with_free_func(name_free);
    g_ptr_array_add(spec->device, device);
    device->name = g_strdup(get_string(L, "name"));
    device->title = g_strdup(get_string(L, "title"));
    device->isa = strcmp(get_string(L, "bus"), "isa") == 0;
    read_strings(L, "adjustable", device->adjustable);
    read_strings(L, "events", device->event);
    get_table(L, "vectors");
    g_ptr_array_unref(device->vector);
    device->vector = read_map(L);
    lua_pop(L, 1);
    get_table(L, "enums");
    for (lua_pushnil(L); lua_next(L, -2); lua_pop(L, 1)) {
        add_enum(device->enums, lua_tostring(L, -2), read_map(L));
    }
    lua_pop(L, 1);
    get_table(L, "registers");
    for (lua_Integer i = 1; lua_rawgeti(L, -1, i) == LUA_TTABLE; i++) {
        read_register(L, device);
        lua_pop(L, 1);
    }
    lua_pop(L, 2);
    g_ptr_array_sort(device->enums, compare_enums);
}

/* Runs protected: arguments are the file's table and the StuntSpec to fill. */
static int read_spec(lua_State *L)
{
    StuntSpec *spec = lua_touserdata(L, 2);

    luaL_checktype(L, 1, LUA_TTABLE);
    lua_getfield(L, 1, "device_names");
    luaL_checktype(L, 3, LUA_TTABLE);
    lua_pushvalue(L, 1);
    get_table(L, "devices");
    for (lua_Integer i = 1; lua_rawgeti(L, 3, i) == LUA_TSTRING; i++) {
        const char *name = lua_tostring(L, -1);

        lua_pop(L, 1); /* the list holds the string */
        get_table(L, name);
        read_device(L, spec);
        lua_pop(L, 1);
    }
    return 0;
}

StuntSpec *stunt_spec_load(const char *file, GError **error)
{
    g_autoptr(StuntSpec) spec = g_new0(StuntSpec, 1);
    lua_State *L = luaL_newstate();
    gboolean exists = g_file_test(file, G_FILE_TEST_IS_REGULAR);

    spec->device = g_ptr_array_new_with_free_func(device_free);
    lua_pushcfunction(L, read_spec);
    if (luaL_loadfilex(L, file, "t") || lua_pcall(L, 0, 1, 0)) {
        g_set_error(error, STUNT_ERROR, exists ? STUNT_ERROR_INPUT : STUNT_ERROR_MISSING, "%s",
                    lua_tostring(L, -1));
        lua_close(L);
        return NULL;
    }
    lua_pushlightuserdata(L, spec);
    if (lua_pcall(L, 2, 0, 0)) {
        g_set_error(error, STUNT_ERROR, STUNT_ERROR_INPUT, "%s: %s", file, lua_tostring(L, -1));
        lua_close(L);
        return NULL;
    }
    lua_close(L);
    return g_steal_pointer(&spec);
}

/* ---- looking up ---------------------------------------------------------------------------------- */

static gconstpointer find(const GPtrArray *things, const char *name)
{
    for (guint i = 0; i < things->len; i++) {
        char *const *thing = things->pdata[i]; /* the name is the first member of all of them */

        if (g_str_equal(*thing, name)) {
            return thing;
        }
    }
    return NULL;
}

const StuntSpecDevice *stunt_spec_device(const StuntSpec *spec, const char *name)
{
    return find(spec->device, name);
}

const StuntSpecRegister *stunt_spec_register(const StuntSpecDevice *device, const char *name)
{
    return find(device->reg, name);
}

const StuntSpecEnum *stunt_spec_enum(const StuntSpecDevice *device, const char *name)
{
    return find(device->enums, name);
}

const StuntSpecName *stunt_spec_name(const GPtrArray *names, const char *name)
{
    return find(names, name);
}

gboolean stunt_spec_has_class(const StuntSpecDevice *device, const char *class_name)
{
    for (guint i = 0; i < device->event->len; i++) {
        if (g_str_equal(device->event->pdata[i], class_name)) {
            return TRUE;
        }
    }
    return FALSE;
}
