/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A device's slot and link: properties of the root port above it. */
#include "lib/scenario/bindings.h"
#include "lib/scenario/device.h"
#include "lib/vm/cmdline.h"
#include "stunt/error.h"

/* What the port does not take is a mistake of the script, and its own words say which. Consumes the error. */
static int refuse(lua_State *L, StuntRuntime *runtime, const StuntDevice *device, GError *error)
{
    if (!g_error_matches(error, STUNT_ERROR, STUNT_ERROR_QEMU)) {
        return stunt_runtime_raise(runtime, L, error);
    }
    lua_pushfstring(L, "%s: %s", device->name, error->message);
    g_error_free(error);
    return luaL_error(L, "%s", lua_tostring(L, -1));
}

/* Sets a property of the port above the device at index 1, and notes that. Consumes the value. */
static int set_of_port(lua_State *L, const char *property, JsonNode *value)
{
    StuntRuntime *runtime = stunt_runtime_running(L);
    const StuntDevice *device = stunt_device_check(L, 1);
    char *text = json_to_string(value, FALSE);
    GError *error = NULL;

    if (device->spec->isa) {
        g_free(text);
        json_node_unref(value);
        return luaL_error(L, "%s is on the ISA bus, it has no slot", device->name);
    }
    lua_pushfstring(L, "%s.%s = %s", device->name, property, text);
    g_free(text);
    lua_pushfstring(L, STUNT_PORT_PREFIX "%s", device->name);
    if (!stunt_vm_qom_set(runtime->vm, lua_tostring(L, -1), property, value, &error)) {
        return refuse(L, runtime, device, error);
    }
    stunt_timeline_note(runtime->timeline, stunt_vm_now_ns(runtime->vm), "set", lua_tostring(L, -2));
    return 0;
}

static int set_switch(lua_State *L, const char *property, gboolean on)
{
    return set_of_port(L, property, json_node_init_boolean(json_node_alloc(), on));
}

int stunt_device_unplug(lua_State *L)
{
    return set_switch(L, "unplug", TRUE);
}

int stunt_device_remove(lua_State *L)
{
    return set_switch(L, "present", FALSE);
}

int stunt_device_plug(lua_State *L)
{
    return set_switch(L, "present", TRUE);
}

int stunt_device_button(lua_State *L)
{
    return set_switch(L, "attention", TRUE);
}

int stunt_device_link(lua_State *L)
{
    static const char *const words[] = { "down", "up", NULL };

    return set_switch(L, "link", luaL_checkoption(L, 2, NULL, words));
}

int stunt_device_slot(lua_State *L)
{
    static const char *const words[] = { "off", "on", NULL };

    return set_switch(L, "power", luaL_checkoption(L, 2, NULL, words));
}

int stunt_device_is_there(lua_State *L)
{
    StuntRuntime *runtime = stunt_runtime_running(L);
    const StuntDevice *device = stunt_device_check(L, 1);
    g_autofree char *port = g_strconcat(STUNT_PORT_PREFIX, device->name, NULL);
    GError *error = NULL;
    g_autoptr(JsonNode) node = stunt_vm_qom_get(runtime->vm, port, "link", &error);

    if (node) {
        lua_pushboolean(L, json_node_get_boolean(node));
        return 1;
    }
    g_clear_pointer(&port, g_free);
    return stunt_runtime_raise(runtime, L, error);
}

/* Only what is known may stand in the table: a misspelt key would send another error. */
static void check_keys(lua_State *L)
{
    static const char *const keys[] = { "severity", "error", "header", NULL };

    for (lua_pushnil(L); lua_next(L, 2); lua_pop(L, 1)) {
        if (lua_type(L, -2) != LUA_TSTRING || !g_strv_contains(keys, lua_tostring(L, -2))) {
            luaL_error(L, "aer: there is no '%s' (it has: severity, error, header)", luaL_tolstring(L, -2, NULL));
        }
    }
}

static void push_header(lua_State *L)
{
    lua_pushliteral(L, "");
    if (lua_getfield(L, 2, "header") != LUA_TNIL) {
        luaL_checktype(L, -1, LUA_TTABLE);
        for (lua_Integer i = 1; i <= luaL_len(L, -1); i++) {
            lua_geti(L, -1, i);
            lua_pushvalue(L, -3);
            lua_pushfstring(L, " %I", (LUAI_UACINT)luaL_checkinteger(L, -2));
            lua_concat(L, 2);
            lua_replace(L, -4);
            lua_pop(L, 1);
        }
    }
    lua_pop(L, 1);
}

int stunt_device_aer(lua_State *L)
{
    const char *severity, *name;

    luaL_checktype(L, 2, LUA_TTABLE);
    check_keys(L);
    severity = stunt_bridge_get_string(L, 2, "severity", "");
    name = stunt_bridge_get_string(L, 2, "error", NULL);
    push_header(L);
    if (!name && *lua_tostring(L, -1)) {
        return luaL_error(L, "aer: a header belongs to an error with a name");
    }
    lua_pushfstring(L, "%s%s%s%s", severity, name ? " " : "", name ? name : "", lua_tostring(L, -1));
    return set_of_port(L, "aer", json_node_init_string(json_node_alloc(), lua_tostring(L, -1)));
}
