/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "lib/scenario/variant.h"

/* Module names mean the same with "-" and "_". */
static gboolean same_module(const char *a, const char *b)
{
    for (; *a && *b; a++, b++) {
        if ((*a == '-' ? '_' : *a) != (*b == '-' ? '_' : *b)) {
            return FALSE;
        }
    }
    return *a == *b;
}

void stunt_variant_add(StuntRuntime *runtime, GPtrArray *modules, const char *name, const char *params)
{
    const StuntBug *bug = runtime->bug;
    g_autofree char *path = NULL, *with_bug = NULL;

    if (!bug || !same_module(name, bug->module)) {
        stunt_modules_add(modules, name, params);
        return;
    }
    path = g_strdup_printf("variants/%s", bug->module);
    with_bug = g_strdup_printf("%s%sbug=%s", params ? params : "", params && *params ? " " : "", bug->name);
    stunt_modules_add(modules, path, with_bug);
    runtime->variant_loaded = TRUE;
}

void stunt_variant_judge(StuntRuntime *runtime)
{
    const StuntBug *bug = runtime->bug;
    g_autofree char *reason = NULL;

    if (bug && !runtime->variant_loaded) {
        reason = g_strdup_printf("the scenario never loaded %s, which has the bug '%s'", bug->module, bug->name);
        stunt_runtime_judge(runtime, STUNT_INVALID, reason);
    }
}
