/* SPDX-License-Identifier: GPL-2.0-or-later */
/* help(): from the same tables that register the functions. */
#include <stdio.h>
#include <string.h>

#include "core/fault.h"
#include "lib/scenario/bindings.h"
#include "lib/shell/shell.h"

/* Those of the prompt, then those of scenarios. */
static const StuntBinding *binding(guint i)
{
    return i ? stunt_bindings[i - 1] : &stunt_binding_shell;
}

static char *full_name(const StuntBinding *of, const char *name)
{
    return g_strconcat(of->name, *of->name ? (of->type ? ":" : ".") : "", name, NULL);
}

GPtrArray *stunt_shell_function_names(void)
{
    GPtrArray *names = g_ptr_array_new_with_free_func(g_free);

    for (guint i = 0; binding(i); i++) {
        for (const StuntFunction *function = binding(i)->function; function->name; function++) {
            g_ptr_array_add(names, full_name(binding(i), function->name));
        }
    }
    return names;
}

static void print_function(const StuntFunction *function)
{
    printf("%s\n\n%s\n", function->usage, function->doc);
}

/* By its name, or as the function itself. */
static gboolean help_function(lua_State *L, const char *name)
{
    lua_CFunction itself = lua_tocfunction(L, 1);
    gboolean found = FALSE;

    for (guint i = 0; binding(i); i++) {
        for (const StuntFunction *function = binding(i)->function; function->name; function++) {
            g_autofree char *full = full_name(binding(i), function->name);

            if (name ? g_str_equal(full, name) : function->call == itself) {
                print_function(function);
                found = TRUE;
            }
        }
    }
    return found;
}

static void print_words(const char *title, const char *const *words, guint n)
{
    printf("%s:", title);
    for (guint i = 0; i < n; i++) {
        printf(" %s", words[i]);
    }
    printf("%s\n", n ? "" : " none");
}

static gboolean help_class(const char *name)
{
    const struct stunt_class_info *info = stunt_class_by_name(name);

    if (!info) {
        return FALSE;
    }
    printf("event class %s: %s\n", info->name, info->doc);
    print_words("fields", info->field, info->n_fields);
    printf("actions:");
    for (size_t i = 0; i < stunt_n_actions; i++) {
        if (stunt_actions[i].classes & (G_GUINT64_CONSTANT(1) << info->id)) {
            printf(" %s", stunt_actions[i].name);
        }
    }
    printf("\n");
    return TRUE;
}

static gboolean help_action(const char *name)
{
    const struct stunt_action_info *info = stunt_action_by_name(name);

    if (!info) {
        return FALSE;
    }
    printf("action %s: %s\n", info->name, info->doc);
    print_words("parameters", info->param, info->n_params);
    return TRUE;
}

static void print_names(const char *title, const GPtrArray *things)
{
    g_autoptr(GPtrArray) names = stunt_spec_names(things);

    print_words(title, (const char *const *)names->pdata, names->len);
}

/* A device of the machine, or a type of device. */
static gboolean help_device(const StuntRuntime *runtime, const char *name)
{
    const StuntDeviceDef *def = stunt_runtime_device(runtime, name);
    const StuntSpecDevice *device = stunt_spec_device(runtime->spec, def ? def->type : name);

    if (!device) {
        return FALSE;
    }
    printf("device %s: %s\n", name, device->title);
    print_names("registers", device->reg);
    print_names("vectors", device->vector);
    print_names("values", device->enums);
    return TRUE;
}

static int help_name(lua_State *L, const StuntRuntime *runtime, const char *name)
{
    GPtrArray *names;
    char *near_name;

    if (help_function(L, name) || help_class(name) || help_action(name) || help_device(runtime, name)) {
        return 0;
    }
    names = stunt_shell_function_names();
    near_name = stunt_did_you_mean(name, names);
    g_ptr_array_unref(names);
    lua_pushstring(L, near_name);
    g_free(near_name);
    return luaL_error(L, "nothing is called '%s'%s", name, lua_tostring(L, -1));
}

static void overview(const StuntRuntime *runtime)
{
    g_autoptr(GPtrArray) devices = stunt_spec_names(runtime->scenario->device);

    for (const StuntFunction *function = stunt_binding_shell.function; function->name; function++) {
        printf("  %s\n", function->usage);
    }
    for (guint i = 1; binding(i); i++) {
        printf("%s:", *binding(i)->name ? binding(i)->name : "scenario's");
        for (const StuntFunction *function = binding(i)->function; function->name; function++) {
            printf(" %s", function->name);
        }
        printf("\n");
    }
    print_words("devices, as vm.NAME", (const char *const *)devices->pdata, devices->len);
    printf("help \"NAME\" tells more. Tab completes names; Ctrl-C stops the machine, Ctrl-D ends it.\n");
}

int stunt_shell_help(lua_State *L)
{
    StuntRuntime *runtime = stunt_runtime_running(L);

    lua_settop(L, 1);
    if (lua_isnil(L, 1)) {
        overview(runtime);
        return 0;
    }
    if (lua_iscfunction(L, 1)) {
        return help_function(L, NULL) ? 0 : luaL_error(L, "this is a function of Lua's own");
    }
    return help_name(L, runtime, luaL_checkstring(L, 1));
}
