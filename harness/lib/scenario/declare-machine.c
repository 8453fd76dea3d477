/* SPDX-License-Identifier: GPL-2.0-or-later */
/* machine = { dma0 = "dma", memory = 512 }: devices by name, and the machine's own settings. */
#include <string.h>

#include "lib/scenario/bindings.h"
#include "lib/scenario/declare.h"
#include "lib/vm/cmdline.h"

#define MEMORY_MIN_MIB 64
#define MEMORY_MAX_MIB 4096
#define VCPUS_MAX 16
#define NAME_LEN_MAX 31 /* STUNT_SHM_NAME without NUL */

/* Keys that are no device. */
static const char *const settings[] = { "memory", "kernel", "realtime", "cmdline", "vcpus", "iommu", "chardev", NULL };

static const char *push_near_type(lua_State *L, StuntRuntime *runtime, const char *type)
{
    g_autoptr(GPtrArray) names = stunt_spec_names(runtime->spec->device);
    g_autofree char *near_name = stunt_did_you_mean(type, names);
    g_autofree char *all = NULL;

    g_ptr_array_add(names, NULL);
    all = g_strjoinv(", ", (char **)names->pdata);
    return *near_name ? lua_pushstring(L, near_name) : lua_pushfstring(L, " (there are: %s)", all);
}

static const char *push_near_setting(lua_State *L, const char *name)
{
    g_autoptr(GPtrArray) names = g_ptr_array_new();
    g_autofree char *near_name = NULL;

    for (const char *const *setting = settings; *setting; setting++) {
        g_ptr_array_add(names, (char *)*setting);
    }
    near_name = stunt_did_you_mean(name, names);
    return lua_pushstring(L, near_name);
}

static void check_type(lua_State *L, StuntRuntime *runtime, const char *name, const char *type)
{
    if (!stunt_spec_device(runtime->spec, type)) {
        luaL_error(L, "machine: %s: unknown type of device '%s'%s", name, type,
                   push_near_type(L, runtime, type));
    }
}

static void check_name(lua_State *L, const char *name)
{
    gsize good = strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_");

    if (name[good] || g_ascii_isdigit(*name) || !*name || strlen(name) > NAME_LEN_MAX) {
        luaL_error(L, "machine: '%s' is no name for a device (letters, digits, '_', at most %d)", name,
                   NAME_LEN_MAX);
    }
    for (const StuntFunction *method = stunt_binding_vm.function; method->name; method++) {
        if (g_str_equal(method->name, name)) {
            luaL_error(L, "machine: a device cannot be called '%s', vm:%s is a function", name, name);
        }
    }
    if (g_str_equal(name, STUNT_LINK_ID)) {
        luaL_error(L, "machine: '%s' is there by itself", name);
    }
}

/* One -device property of the value on top of the stack; a comma in it is doubled, as QEMU wants it. */
static void append_property(lua_State *L, GString *props, const char *key)
{
    if (lua_isboolean(L, -1)) {
        lua_pushstring(L, lua_toboolean(L, -1) ? "on" : "off");
    } else {
        lua_pushvalue(L, -1);
    }
    g_string_append_printf(props, "%s%s=", props->len ? "," : "", key);
    for (const char *c = lua_tostring(L, -1); *c; c++) {
        g_string_append(props, *c == ',' ? ",," : (char[]){ *c, '\0' });
    }
    lua_pop(L, 1);
}

static JsonNode *property_value(lua_State *L)
{
    JsonNode *node = json_node_alloc();

    if (lua_isboolean(L, -1)) {
        return json_node_init_boolean(node, lua_toboolean(L, -1));
    }
    return lua_isinteger(L, -1) ? json_node_init_int(node, lua_tointeger(L, -1))
                                : json_node_init_string(node, lua_tostring(L, -1));
}

/* Calls Lua's pairs() for its fixed order: leaves iterator function, state and control on the stack. */
static void push_pairs(lua_State *L, int idx)
{
    idx = lua_absindex(L, idx);
    lua_getglobal(L, "pairs");
    lua_pushvalue(L, idx);
    lua_call(L, 1, 3);
}

/* The next pair of push_pairs(): key and value on the stack, or FALSE and all of it gone. */
static gboolean next_pair(lua_State *L)
{
    lua_pushvalue(L, -3);
    lua_pushvalue(L, -3);
    lua_pushvalue(L, -3);
    lua_call(L, 2, 2);
    if (lua_isnil(L, -2)) {
        lua_pop(L, 5);
        return FALSE;
    }
    return TRUE;
}

static void end_pair(lua_State *L)
{
    lua_pop(L, 1);
    lua_replace(L, -2); /* the key is the next control value */
}

static StuntDeviceDef *add_device(StuntRuntime *runtime, const char *name, const char *type)
{
    StuntDeviceDef *device = stunt_device_defs_add(runtime->scenario->device, name, type, NULL);

    device->isa = stunt_spec_device(runtime->spec, type)->isa;
    return device;
}

/*
 * { type = "dma", ["dma-width"] = 40 } on top of the stack. What may change while the machine runs is set when it stands
 * ready: machines that differ in nothing else are then one, and start warm.
 */
static void declare_device_table(lua_State *L, StuntRuntime *runtime, const char *name)
{
    const char *type = stunt_bridge_get_string(L, -1, "type", NULL);
    const StuntSpecDevice *spec;
    StuntDeviceDef *device;
    GString *props;

    if (!type) {
        luaL_error(L, "machine: %s has no type", name);
    }
    check_type(L, runtime, name, type);
    spec = stunt_spec_device(runtime->spec, type);
    device = add_device(runtime, name, type);
    props = g_string_new(NULL);
    for (push_pairs(L, -1); next_pair(L); end_pair(L)) {
        const char *key = lua_type(L, -2) == LUA_TSTRING ? lua_tostring(L, -2) : NULL;

        if (!key || !(lua_isboolean(L, -1) || lua_isinteger(L, -1) || lua_type(L, -1) == LUA_TSTRING)) {
            g_string_free(props, TRUE);
            luaL_error(L, key ? "machine: %s: property '%s' must be a number, string or boolean"
                              : "machine: %s: only named properties belong here",
                       name, key);
        }
        if (g_str_equal(key, "port") && !spec->isa) {
            device->port = g_strdup(lua_tostring(L, -1));
        } else if (g_ptr_array_find_with_equal_func(spec->adjustable, key, g_str_equal, NULL)) {
            stunt_device_def_set(device, key, property_value(L));
        } else if (!g_str_equal(key, "type")) {
            append_property(L, props, key);
        }
    }
    device->props = g_string_free(props, !props->len);
}

/* Key and value of a device are on top of the stack. */
static void declare_device(lua_State *L, StuntRuntime *runtime, const char *name)
{
    check_name(L, name);
    if (lua_type(L, -1) == LUA_TSTRING) {
        check_type(L, runtime, name, lua_tostring(L, -1));
        add_device(runtime, name, lua_tostring(L, -1));
    } else if (lua_istable(L, -1)) {
        declare_device_table(L, runtime, name);
    } else {
        luaL_error(L, "machine: '%s' is neither a setting nor a device (a type, or a table with one)%s", name,
                   push_near_setting(L, name));
    }
}

static StuntSwitch get_switch(lua_State *L, const char *key)
{
    StuntSwitch value = stunt_bridge_get_boolean(L, -1, key, FALSE) ? STUNT_ON : STUNT_OFF;

    if (lua_getfield(L, -1, key) == LUA_TNIL) {
        value = STUNT_UNSAID;
    }
    lua_pop(L, 1);
    return value;
}

static void declare_settings(lua_State *L, StuntScenario *scenario)
{
    guint64 memory = stunt_bridge_get_integer(L, -1, "memory", scenario->memory_mib);
    guint64 vcpus = stunt_bridge_get_integer(L, -1, "vcpus", scenario->vcpus);

    if (memory < MEMORY_MIN_MIB || memory > MEMORY_MAX_MIB) {
        luaL_error(L, "machine: memory is in MiB, from %d to %d", MEMORY_MIN_MIB, MEMORY_MAX_MIB);
    }
    scenario->memory_mib = memory;
    scenario->realtime = stunt_bridge_get_boolean(L, -1, "realtime", FALSE);
    if (vcpus < 1 || vcpus > VCPUS_MAX || (vcpus > 1 && !scenario->realtime)) {
        luaL_error(L, "machine: vcpus is 1, or up to %d with realtime = true", VCPUS_MAX);
    }
    scenario->vcpus = vcpus;
    scenario->iommu = get_switch(L, "iommu");
    scenario->kernel = g_strdup(stunt_bridge_get_string(L, -1, "kernel", NULL));
    scenario->cmdline = g_strdup(stunt_bridge_get_string(L, -1, "cmdline", NULL));
}

/* chardev = { line = "socket,path=…" }: what devices may be connected to outside of the machine. */
static void declare_chardevs(lua_State *L, StuntScenario *scenario)
{
    if (lua_getfield(L, -1, "chardev") == LUA_TNIL) {
        lua_pop(L, 1);
        return;
    }
    if (!scenario->realtime) {
        luaL_error(L, "machine: chardev: what comes from outside comes at no virtual time; it needs realtime = true");
    }
    luaL_checktype(L, -1, LUA_TTABLE);
    for (push_pairs(L, -1); next_pair(L); end_pair(L)) {
        if (lua_type(L, -2) != LUA_TSTRING || lua_type(L, -1) != LUA_TSTRING) {
            luaL_error(L, "machine: chardev: a name and what QEMU's -chardev takes, as in line = \"socket,path=…\"");
        }
        check_name(L, lua_tostring(L, -2));
        g_ptr_array_add(scenario->chardev, g_strdup_printf("%s,id=%s", lua_tostring(L, -1), lua_tostring(L, -2)));
    }
    lua_pop(L, 1);
}

void stunt_declare_machine(lua_State *L, StuntRuntime *runtime)
{
    declare_settings(L, runtime->scenario);
    declare_chardevs(L, runtime->scenario);
    for (push_pairs(L, -1); next_pair(L); end_pair(L)) {
        const char *name = lua_type(L, -2) == LUA_TSTRING ? lua_tostring(L, -2) : NULL;

        if (!name) {
            luaL_error(L, "machine: devices and settings have names");
        }
        if (!g_strv_contains(settings, name)) {
            declare_device(L, runtime, name);
        }
    }
}
