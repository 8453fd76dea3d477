/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The list of bindings, and the reference made from it. */

#include "lib/scenario/bindings.h"
#include "stunt/scenario.h"

const StuntBinding *const stunt_bindings[] = {
    &stunt_binding_scenario, &stunt_binding_vm,     &stunt_binding_command, &stunt_binding_device,
    &stunt_binding_rule,     &stunt_binding_expect, NULL,
};

void stunt_bindings_register(lua_State *L)
{
    for (guint i = 0; stunt_bindings[i]; i++) {
        stunt_bridge_register(L, stunt_bindings[i]);
    }
}

static char *full_name(const StuntBinding *binding, const StuntFunction *function)
{
    const char *dot = binding->type ? ":" : ".";

    return g_strconcat(binding->name, *binding->name ? dot : "", function->name, NULL);
}

GPtrArray *stunt_lua_names(void)
{
    GPtrArray *names = g_ptr_array_new_with_free_func(g_free);

    for (guint i = 0; stunt_bindings[i]; i++) {
        for (const StuntFunction *function = stunt_bindings[i]->function; function->name; function++) {
            g_ptr_array_add(names, full_name(stunt_bindings[i], function));
        }
    }
    return names;
}

char *stunt_lua_describe(const char *name)
{
    for (guint i = 0; stunt_bindings[i]; i++) {
        for (const StuntFunction *function = stunt_bindings[i]->function; function->name; function++) {
            g_autofree char *full = full_name(stunt_bindings[i], function);

            if (g_str_equal(full, name)) {
                return g_strdup_printf("%s\n\n%s\n", function->usage, function->doc);
            }
        }
    }
    return NULL;
}

static void append_binding(GString *text, const StuntBinding *binding)
{
    g_string_append_printf(text, "\n## %s\n\n%s\n", *binding->name ? binding->name : "Global functions",
                           binding->doc);
    for (const StuntFunction *function = binding->function; function->name; function++) {
        g_string_append_printf(text, "\n### `%s`\n\n%s\n", function->usage, function->doc);
    }
}

static const char intro[] =
    "<!-- Generated from the tables in harness/lib/scenario by 'stunt describe --lua'; do not edit. -->\n"
    "# Scripting reference\n\n"
    "A scenario is a file that ends with `return scenario { … }`. It is Lua 5.4 in a sandbox:\n"
    "there is no `io`, `os`, `debug` or `package`, `load` takes text only, and `require(\"name\")`\n"
    "finds files in the scenario's own folder and in `scenarios/lib`. Nothing in it differs from\n"
    "run to run: `pairs` goes through a table in a fixed order (numbers, then strings),\n"
    "`math.random` starts from the run's seed, and no address is ever shown.\n\n"
    "Times are strings like `\"100ms\"` (ns, us, ms, s, min, h) or whole numbers of nanoseconds,\n"
    "and always virtual. A misspelt name (register, vector, device, event class, field, action,\n"
    "parameter) is an error with file, line and a suggestion.\n";

char *stunt_lua_reference(void)
{
    GString *text = g_string_new(intro);

    for (guint i = 0; stunt_bindings[i]; i++) {
        append_binding(text, stunt_bindings[i]);
    }
    return g_string_free(text, FALSE);
}
