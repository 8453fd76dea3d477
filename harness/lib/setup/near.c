/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Suggestions for misspelt names. */
#include "stunt/setup.h"
#include "core/fault.h"

char *stunt_did_you_mean(const char *name, const GPtrArray *names)
{
    const char *near_name = stunt_nearest(name, (const char *const *)names->pdata, names->len);

    return near_name ? g_strdup_printf(", did you mean '%s'?", near_name) : g_strdup("");
}

GPtrArray *stunt_spec_names(const GPtrArray *things)
{
    GPtrArray *names = g_ptr_array_new();

    for (guint i = 0; i < things->len; i++) {
        char *const *thing = things->pdata[i]; /* the name is the first member of all of them */

        g_ptr_array_add(names, *thing);
    }
    return names;
}
