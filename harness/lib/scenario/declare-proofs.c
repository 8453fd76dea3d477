/* SPDX-License-Identifier: GPL-2.0-or-later */
/* proves = { ["irq.raise drop"] = "what the driver then does", ["* mark"] = "…" } */
#include <string.h>

#include "core/fault.h"
#include "lib/scenario/declare.h"
#include "lib/scenario/resolve.h"

#define EVERY_CLASS "*"

static gboolean applies(const struct stunt_action_info *action, const struct stunt_class_info *info)
{
    return (action->classes >> info->id) & 1;
}

static gboolean machine_has(const StuntRuntime *runtime, const struct stunt_class_info *info)
{
    const GPtrArray *devices = runtime->scenario->device;

    for (guint i = 0; i < devices->len; i++) {
        const StuntDeviceDef *device = devices->pdata[i];

        if (stunt_spec_has_class(stunt_spec_device(runtime->spec, device->type), info->name)) {
            return TRUE;
        }
    }
    return FALSE;
}

static void add(StuntRuntime *runtime, const struct stunt_class_info *info,
                const struct stunt_action_info *action, const char *what)
{
    StuntProof *proof = g_new0(StuntProof, 1);

    proof->class_info = info;
    proof->action = action;
    proof->what = g_strdup(what);
    g_ptr_array_add(runtime->scenario->proof, proof);
}

/* "*": all classes of the machine's own devices. Nothing is claimed that need not fire. */
static void add_every(StuntRuntime *runtime, const struct stunt_action_info *action, const char *what)
{
    for (size_t i = 0; i < stunt_n_classes; i++) {
        if (applies(action, &stunt_classes[i]) && machine_has(runtime, &stunt_classes[i])) {
            add(runtime, &stunt_classes[i], action, what);
        }
    }
}

static void add_one(lua_State *L, StuntRuntime *runtime, const char *class_name,
                    const struct stunt_action_info *action, const char *what)
{
    GError *error = NULL;
    const struct stunt_class_info *info = stunt_resolve_class(class_name, &error);

    if (!info) {
        lua_pushfstring(L, "proves: %s", error->message);
        g_error_free(error);
        luaL_error(L, "%s", lua_tostring(L, -1));
    }
    if (!applies(action, info)) {
        luaL_error(L, "proves: action '%s' does not apply to %s", action->name, info->name);
    }
    add(runtime, info, action, what);
}

/* "CLASS ACTION" at -2, what the driver does at -1. */
static void declare_proof(lua_State *L, StuntRuntime *runtime)
{
    const char *key = lua_type(L, -2) == LUA_TSTRING ? lua_tostring(L, -2) : "";
    const char *what = lua_type(L, -1) == LUA_TSTRING ? lua_tostring(L, -1) : "";
    const char *blank = strchr(key, ' ');
    const struct stunt_action_info *action;
    GError *error = NULL;
    const char *class_name;

    if (!blank || !*what) {
        luaL_error(L, "proves: [\"CLASS ACTION\"] = \"what the driver then does\" expected");
    }
    class_name = lua_pushlstring(L, key, blank - key);
    action = stunt_resolve_action(blank + 1, &error);
    if (!action) {
        lua_pushfstring(L, "proves: %s", error->message);
        g_error_free(error);
        luaL_error(L, "%s", lua_tostring(L, -1));
    }
    if (g_str_equal(class_name, EVERY_CLASS)) {
        add_every(runtime, action, what);
    } else {
        add_one(L, runtime, class_name, action, what);
    }
    lua_pop(L, 1);
}

static gint by_class_and_action(gconstpointer a, gconstpointer b)
{
    const StuntProof *const *left = a, *const *right = b;
    int order = (int)(*left)->class_info->id - (*right)->class_info->id;

    return order ? order : (int)(*left)->action->id - (*right)->action->id;
}

/* "* mark" beside "reset mark" is a claim twice. */
static void refuse_twice(lua_State *L, const GPtrArray *proofs)
{
    for (guint i = 1; i < proofs->len; i++) {
        const StuntProof *one = proofs->pdata[i];

        if (by_class_and_action(&proofs->pdata[i - 1], &proofs->pdata[i]) == 0) {
            luaL_error(L, "proves: '%s %s' is there twice", one->class_info->name, one->action->name);
        }
    }
}

void stunt_declare_proofs(lua_State *L, int idx, StuntRuntime *runtime)
{
    if (lua_getfield(L, idx, "proves") != LUA_TNIL) {
        if (!lua_istable(L, -1)) {
            luaL_error(L, "proves must be a table");
        }
        for (lua_pushnil(L); lua_next(L, -2); lua_pop(L, 1)) {
            declare_proof(L, runtime);
        }
        g_ptr_array_sort(runtime->scenario->proof, by_class_and_action);
        refuse_twice(L, runtime->scenario->proof);
    }
    lua_pop(L, 1);
}
