/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Finds scenario files by name, folder or path. */
#include <string.h>

#include "stunt/error.h"
#include "stunt/setup.h"
#include "core/fault.h"

#define SUFFIX ".lua"

void stunt_scenario_file_free(StuntScenarioFile *file)
{
    if (file) {
        g_free(file->name);
        g_free(file->file);
        g_free(file);
    }
}

static GPtrArray *new_list(void)
{
    return g_ptr_array_new_with_free_func((GDestroyNotify)stunt_scenario_file_free);
}

static void add(GPtrArray *list, const char *name, const char *file)
{
    StuntScenarioFile *scenario = g_new0(StuntScenarioFile, 1);

    scenario->name =
        g_str_has_suffix(name, SUFFIX) ? g_strndup(name, strlen(name) - strlen(SUFFIX)) : g_strdup(name);
    scenario->file = g_strdup(file);
    g_ptr_array_add(list, scenario);
}

static int compare(gconstpointer a, gconstpointer b)
{
    const StuntScenarioFile *const *left = a, *const *right = b;

    return strcmp((*left)->name, (*right)->name);
}

/*
 * Adds all scenarios of a folder; prefix is the folder's name with "/" at the end, or "". What scenarios
 * share is in the folder `lib` of the root.
 */
static gboolean add_folder(GPtrArray *list, const char *root, const char *folder, const char *prefix,
                           GError **error)
{
    g_autoptr(GError) inner = NULL;
    g_autoptr(GDir) dir = g_dir_open(folder, 0, &inner);
    g_autofree char *lib = g_build_filename(root, "lib", NULL);
    const char *entry;

    if (!dir) {
        g_set_error(error, STUNT_ERROR, STUNT_ERROR_MISSING, "%s", inner->message);
        return FALSE;
    }
    while ((entry = g_dir_read_name(dir))) {
        g_autofree char *path = g_build_filename(folder, entry, NULL);
        g_autofree char *name = g_strconcat(prefix, entry, NULL);
        g_autofree char *deeper = g_strconcat(name, "/", NULL);

        if (*entry == '.' || g_str_equal(path, lib)) {
            continue;
        }
        if (g_file_test(path, G_FILE_TEST_IS_DIR)) {
            if (!add_folder(list, root, path, deeper, error)) {
                return FALSE;
            }
        } else if (g_str_has_suffix(entry, SUFFIX)) {
            add(list, name, path);
        }
    }
    return TRUE;
}

GPtrArray *stunt_catalog_all(const char *folder, GError **error)
{
    g_autoptr(GPtrArray) list = new_list();

    if (!add_folder(list, folder, folder, "", error)) {
        return NULL;
    }
    g_ptr_array_sort(list, compare);
    return g_steal_pointer(&list);
}

/* ---- by the user's words ------------------------------------------------------------------------- */

static void add_once(GPtrArray *list, const char *name, const char *file)
{
    for (guint i = 0; i < list->len; i++) {
        const StuntScenarioFile *known = list->pdata[i];

        if (g_str_equal(known->file, file)) {
            return;
        }
    }
    add(list, name, file);
}

static gboolean is_named(const StuntScenarioFile *scenario, const char *word)
{
    gsize len = strlen(word);

    while (len && word[len - 1] == '/') {
        len--;
    }
    return len && strncmp(scenario->name, word, len) == 0 &&
           (!scenario->name[len] || scenario->name[len] == '/');
}

static guint add_by_name(GPtrArray *list, const GPtrArray *all, const char *word)
{
    g_autofree char *bare = g_str_has_suffix(word, SUFFIX) ? g_strndup(word, strlen(word) - strlen(SUFFIX))
                                                           : g_strdup(word);
    guint found = 0;

    for (guint i = 0; i < all->len; i++) {
        const StuntScenarioFile *scenario = all->pdata[i];

        if (is_named(scenario, bare)) {
            add_once(list, scenario->name, scenario->file);
            found++;
        }
    }
    return found;
}

/* The name in the catalogue when the file belongs to it, else the path as given. */
static const char *name_of(const GPtrArray *all, const char *file, const char *given)
{
    for (guint i = 0; i < all->len; i++) {
        const StuntScenarioFile *scenario = all->pdata[i];

        if (g_str_equal(scenario->file, file)) {
            return scenario->name;
        }
    }
    return given;
}

static gboolean add_by_path(GPtrArray *list, const GPtrArray *all, const char *root, const char *word,
                            GError **error)
{
    g_autofree char *path = g_canonicalize_filename(word, NULL);
    g_autoptr(GPtrArray) inside = new_list();

    if (!g_file_test(path, G_FILE_TEST_IS_DIR)) {
        add_once(list, name_of(all, path, word), path);
        return TRUE;
    }
    if (!add_folder(inside, root, path, "", error)) {
        return FALSE;
    }
    g_ptr_array_sort(inside, compare);
    for (guint i = 0; i < inside->len; i++) {
        const StuntScenarioFile *scenario = inside->pdata[i];
        g_autofree char *given = g_build_filename(word, scenario->name, NULL);

        add_once(list, name_of(all, scenario->file, given), scenario->file);
    }
    return TRUE;
}

static const char *last_part(const char *name)
{
    const char *slash = strrchr(name, '/');

    return slash ? slash + 1 : name;
}

/* The name nearest to the word: of whole names and folders first, then of names without their folder. */
static char *suggestion(const GPtrArray *all, const char *word)
{
    g_autoptr(GPtrArray) names = stunt_spec_names(all);
    g_autoptr(GPtrArray) folders = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GPtrArray) tails = g_ptr_array_new();
    g_autofree char *whole = NULL;
    const char *tail;

    for (guint i = 0; i < all->len; i++) {
        g_ptr_array_add(folders, g_path_get_dirname(names->pdata[i]));
        g_ptr_array_add(tails, (char *)last_part(names->pdata[i]));
    }
    for (guint i = 0; i < all->len; i++) {
        g_ptr_array_add(names, folders->pdata[i]);
    }
    whole = stunt_did_you_mean(word, names);
    tail = stunt_nearest(last_part(word), (const char *const *)tails->pdata, tails->len);
    for (guint i = 0; tail && !*whole && i < tails->len; i++) {
        if (tails->pdata[i] == tail) {
            return g_strdup_printf(", did you mean '%s'?", (char *)names->pdata[i]);
        }
    }
    return g_steal_pointer(&whole);
}

static gboolean add_word(GPtrArray *list, const GPtrArray *all, const char *root, const char *word,
                         GError **error)
{
    g_autofree char *near_name = NULL;

    if (add_by_name(list, all, word)) {
        return TRUE;
    }
    if (g_file_test(word, G_FILE_TEST_EXISTS)) {
        return add_by_path(list, all, root, word, error);
    }
    near_name = suggestion(all, word);
    g_set_error(error, STUNT_ERROR, STUNT_ERROR_INPUT, "no scenario '%s'%s ('stunt list' shows all)", word,
                near_name);
    return FALSE;
}

GPtrArray *stunt_catalog_select(const char *folder, const char *const *words, GError **error)
{
    g_autoptr(GPtrArray) all = stunt_catalog_all(folder, error);
    g_autoptr(GPtrArray) list = new_list();

    if (!all) {
        return NULL;
    }
    if (!words || !*words) {
        return g_steal_pointer(&all);
    }
    for (; *words; words++) {
        if (!add_word(list, all, folder, *words, error)) {
            return NULL;
        }
    }
    return g_steal_pointer(&list);
}
