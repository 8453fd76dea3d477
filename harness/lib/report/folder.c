/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The results folder: root/<time>-<seed>/<scenario>/{result.json,events.log,kernel.log} and the like,
 * and the link root/latest. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "stunt/error.h"
#include "stunt/grid.h"
#include "stunt/report.h"
#include "stunt/setup.h"

#define FOLDER_MODE 0755
#define RESULT_FILE "result.json"

char *stunt_results_root(void)
{
    return g_build_filename(g_get_user_state_dir(), "stunt", "results", NULL);
}

char *stunt_results_new_run(const char *root, guint64 seed, GDateTime *time, GError **error)
{
    g_autofree char *stamp = g_date_time_format(time, "%Y%m%d-%H%M%S");
    g_autofree char *name = g_strdup_printf("%s-%" G_GUINT64_FORMAT, stamp, seed);
    g_autofree char *run = g_build_filename(root, name, NULL);
    gboolean made = g_mkdir_with_parents(root, FOLDER_MODE) == 0 && mkdir(run, FOLDER_MODE) == 0;

    for (guint n = 2; !made && errno == EEXIST && g_file_test(run, G_FILE_TEST_EXISTS); n++) {
        g_free(run);
        run = g_strdup_printf("%s/%s-%u", root, name, n);
        made = mkdir(run, FOLDER_MODE) == 0;
    }
    if (!made) {
        g_set_error(error, STUNT_ERROR, STUNT_ERROR_FAILED, "cannot make %s: %s", run, g_strerror(errno));
        return NULL;
    }
    return g_steal_pointer(&run);
}

/* A scenario outside of the scenarios folder is named by its path: no part of it may lead out of the run's
 * folder. */
static char *folder_of(const char *run, const char *name)
{
    g_autoptr(GString) clean = g_string_new(NULL);
    g_auto(GStrv) parts = g_strsplit(name, "/", -1);

    for (guint i = 0; parts[i]; i++) {
        if (*parts[i] && !g_str_equal(parts[i], ".") && !g_str_equal(parts[i], "..")) {
            g_string_append_printf(clean, "/%s", parts[i]);
        }
    }
    return g_strconcat(run, clean->str, NULL);
}

static gboolean save_bytes(const char *folder, const char *name, GBytes *bytes, GError **error)
{
    g_autofree char *file = g_build_filename(folder, name, NULL);
    gsize len = 0;
    const char *data = bytes ? g_bytes_get_data(bytes, &len) : "";

    return stunt_report_write(file, data ? data : "", len, error);
}

char *stunt_report_quote(const char *path)
{
    static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/._-+:@%=,";

    return path[strspn(path, plain)] ? g_shell_quote(path) : g_strdup(path);
}

/* A run in real time can only be tried again. */
static char *replay_command(const StuntResult *result, const char *folder)
{
    g_autofree char *quoted_folder = stunt_report_quote(folder), *quoted_name = stunt_report_quote(result->name);

    if (g_str_equal(result->mode, "realtime")) {
        return g_strdup_printf("stunt run --seed %" G_GUINT64_FORMAT " --kernel %s%s%s %s", result->seed,
                               result->kernel, result->iommu ? " --iommu " : "",
                               stunt_switch_name(result->iommu), quoted_name);
    }
    return g_strdup_printf("stunt replay %s", quoted_folder);
}

gboolean stunt_results_save(const char *run, StuntResult *result, const StuntResultLogs *logs, GError **error)
{
    g_autofree char *folder = folder_of(run, result->name);
    g_autofree char *events_file = g_build_filename(folder, "events.log", NULL);
    g_autofree char *replay = replay_command(result, folder);
    g_autoptr(JsonNode) json = NULL;
    g_autoptr(GBytes) bytes = NULL;
    char *text;

    if (g_mkdir_with_parents(folder, FOLDER_MODE)) {
        g_set_error(error, STUNT_ERROR, STUNT_ERROR_FAILED, "cannot make %s: %s", folder, g_strerror(errno));
        return FALSE;
    }
    stunt_result_set(&result->events, events_file);
    stunt_result_set(&result->replay, replay);
    json = stunt_result_to_full_json(result);
    text = stunt_json_to_text(json);
    bytes = g_bytes_new_take(text, strlen(text));
    return save_bytes(folder, "events.log", logs->events, error) &&
           (!result->grid || save_bytes(folder, STUNT_GRID_FILE, result->grid, error)) &&
           (!logs->events_strict || save_bytes(folder, "events-strict.log", logs->events_strict, error)) &&
           save_bytes(folder, "kernel.log", logs->kernel, error) &&
           save_bytes(folder, RESULT_FILE, bytes, error);
}

gboolean stunt_results_set_latest(const char *root, const char *run, GError **error)
{
    g_autofree char *link = g_build_filename(root, "latest", NULL);
    g_autofree char *temporary = g_strdup_printf("%s/.latest-%d", root, (int)getpid());
    g_autofree char *name = g_path_get_basename(run);

    unlink(temporary);
    if (symlink(name, temporary) || rename(temporary, link)) {
        g_set_error(error, STUNT_ERROR, STUNT_ERROR_FAILED, "cannot set %s: %s", link, g_strerror(errno));
        unlink(temporary);
        return FALSE;
    }
    return TRUE;
}

/* ---- finding ------------------------------------------------------------------------------------- */

static void collect(const char *folder, const char *prefix, GPtrArray *names)
{
    g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);
    const char *entry;

    while (dir && (entry = g_dir_read_name(dir))) {
        g_autofree char *path = g_build_filename(folder, entry, NULL);
        g_autofree char *name = *prefix ? g_strdup_printf("%s/%s", prefix, entry) : g_strdup(entry);

        if (g_str_equal(entry, RESULT_FILE)) {
            g_ptr_array_add(names, g_strdup(prefix));
        } else if (g_file_test(path, G_FILE_TEST_IS_DIR)) {
            collect(path, name, names);
        }
    }
}

static gboolean has_result(const char *folder)
{
    g_autofree char *file = g_build_filename(folder, RESULT_FILE, NULL);

    return g_file_test(file, G_FILE_TEST_IS_REGULAR);
}

static char *find_folder(const char *latest, const char *word)
{
    g_autofree char *base = g_path_get_basename(word);
    g_autofree char *in_latest = folder_of(latest, word);

    if (has_result(word)) {
        return g_canonicalize_filename(word, NULL);
    }
    if (g_str_equal(base, RESULT_FILE) && g_file_test(word, G_FILE_TEST_IS_REGULAR)) {
        g_autofree char *parent = g_path_get_dirname(word);

        return g_canonicalize_filename(parent, NULL);
    }
    return has_result(in_latest) ? g_steal_pointer(&in_latest) : NULL;
}

static StuntResult *read_result(const char *folder, GError **error)
{
    g_autofree char *file = g_build_filename(folder, RESULT_FILE, NULL);
    g_autoptr(JsonParser) parser = json_parser_new_immutable();
    g_autoptr(GError) inner = NULL;
    StuntResult *result = NULL;

    if (json_parser_load_from_file(parser, file, &inner)) {
        result = stunt_result_from_json(json_parser_get_root(parser), &inner);
    }
    if (!result) {
        g_set_error(error, STUNT_ERROR, STUNT_ERROR_INPUT, "%s: %s", file, inner->message);
    }
    return result;
}

StuntGrid *stunt_results_grid(const StuntResult *result, const char *folder, GError **error)
{
    g_autofree char *file = g_build_filename(folder, STUNT_GRID_FILE, NULL), *text = NULL;
    g_autoptr(GError) inner = NULL;
    StuntGrid *grid = NULL;

    if (!result->cells) {
        g_set_error(error, STUNT_ERROR, STUNT_ERROR_INPUT, "%s has no grid: its scenario made no cells (vm:cell)", result->name);
        return NULL;
    }
    if (g_file_get_contents(file, &text, NULL, &inner)) {
        grid = stunt_grid_from_tsv(text, &inner);
    }
    if (!grid) {
        g_set_error(error, STUNT_ERROR, STUNT_ERROR_INPUT, "%s: %s", file, inner->message);
    }
    return grid;
}

StuntGrid *stunt_results_cell(const StuntResult *result, const char *folder, guint64 number, const StuntCell **ret_cell,
                              GError **error)
{
    g_autoptr(StuntGrid) grid = stunt_results_grid(result, folder, error);

    if (grid && (number < 1 || number > grid->cell->len)) {
        g_set_error(error, STUNT_ERROR, STUNT_ERROR_INPUT, "there is no cell %" G_GINT64_FORMAT ": %s has cells 1 to %u",
                    (gint64)number, result->name, grid->cell->len);
        return NULL;
    }
    if (grid) {
        *ret_cell = grid->cell->pdata[number - 1];
    }
    return g_steal_pointer(&grid);
}

StuntResult *stunt_results_find(const char *root, const char *word, char **ret_folder, GError **error)
{
    g_autofree char *latest = g_build_filename(root, "latest", NULL);
    g_autofree char *folder = find_folder(latest, word);
    StuntResult *result;

    if (!folder) {
        g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
        g_autofree char *near_name = NULL;

        collect(latest, "", names);
        near_name = stunt_did_you_mean(word, names);
        g_set_error(
            error, STUNT_ERROR, STUNT_ERROR_INPUT,
            "no result '%s'%s (give a results folder, or the name of a scenario of the last run in %s)", word,
            near_name, root);
        return NULL;
    }
    result = read_result(folder, error);
    if (result) {
        *ret_folder = g_steal_pointer(&folder);
    }
    return result;
}
