/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "stunt/error.h"
#include "stunt/setup.h"
#include "stunt/start.h"

static const char *const names[] = {
    [STUNT_START_BOOT] = "boot",
    [STUNT_START_STRICT] = "strict",
    [STUNT_START_TURBO] = "turbo",
};

const char *stunt_start_kind_name(StuntStartKind kind)
{
    return names[kind];
}

gboolean stunt_start_kind_parse(const char *name, StuntStartKind *ret_kind, GError **error)
{
    g_autoptr(GPtrArray) all = g_ptr_array_new();
    g_autofree char *hint = NULL;

    for (guint i = 0; i < G_N_ELEMENTS(names); i++) {
        if (g_str_equal(name, names[i])) {
            *ret_kind = (StuntStartKind)i;
            return TRUE;
        }
        g_ptr_array_add(all, (gpointer)names[i]);
    }
    hint = stunt_did_you_mean(name, all);
    g_set_error(error, STUNT_ERROR, STUNT_ERROR_INPUT,
                "no way to start is called '%s'%s; there are: boot, strict, turbo", name, hint);
    return FALSE;
}
