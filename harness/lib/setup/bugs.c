/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The list of planted bugs. */
#include "stunt/error.h"
#include "stunt/setup.h"

static void bug_free(gpointer data)
{
    StuntBug *bug = data;

    g_free(bug->name);
    g_free(bug->module);
    g_free(bug->kind);
    g_free(bug->summary);
    g_free(bug);
}

static gboolean get_value(const char *file, GKeyFile *keys, const char *name, const char *key, char **ret_value,
                          GError **error)
{
    *ret_value = g_key_file_get_string(keys, name, key, NULL);
    if (!*ret_value) {
        g_set_error(error, STUNT_ERROR, STUNT_ERROR_INPUT, "%s: [%s] has no '%s'", file, name, key);
    }
    return *ret_value != NULL;
}

static gboolean add_bug(GPtrArray *bugs, const char *file, GKeyFile *keys, const char *name, GError **error)
{
    StuntBug *bug = g_new0(StuntBug, 1);

    g_ptr_array_add(bugs, bug);
    bug->name = g_strdup(name);
    return get_value(file, keys, name, "module", &bug->module, error) &&
           get_value(file, keys, name, "class", &bug->kind, error) &&
           get_value(file, keys, name, "summary", &bug->summary, error);
}

GPtrArray *stunt_bugs_load(const char *file, GError **error)
{
    g_autoptr(GPtrArray) bugs = g_ptr_array_new_with_free_func(bug_free);
    g_autoptr(GKeyFile) keys = g_key_file_new();
    g_autoptr(GError) inner = NULL;
    g_auto(GStrv) names = NULL;

    if (!g_key_file_load_from_file(keys, file, G_KEY_FILE_NONE, &inner)) {
        gboolean missing = g_error_matches(inner, G_FILE_ERROR, G_FILE_ERROR_NOENT);

        g_set_error(error, STUNT_ERROR, missing ? STUNT_ERROR_MISSING : STUNT_ERROR_INPUT, "%s: %s", file,
                    inner->message);
        return NULL;
    }
    names = g_key_file_get_groups(keys, NULL);
    for (char **name = names; *name; name++) {
        if (!add_bug(bugs, file, keys, *name, error)) {
            return NULL;
        }
    }
    return g_steal_pointer(&bugs);
}

const StuntBug *stunt_setup_find_bug(const StuntSetup *setup, const char *name, GError **error)
{
    g_autoptr(GPtrArray) names = stunt_spec_names(setup->bug);
    g_autofree char *near_name = NULL;

    for (guint i = 0; i < setup->bug->len; i++) {
        if (g_str_equal(((StuntBug *)setup->bug->pdata[i])->name, name)) {
            return setup->bug->pdata[i];
        }
    }
    near_name = stunt_did_you_mean(name, names);
    g_set_error(error, STUNT_ERROR, STUNT_ERROR_INPUT, "no planted bug is called '%s'%s", name, near_name);
    return NULL;
}
