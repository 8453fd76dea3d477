/* SPDX-License-Identifier: GPL-2.0-or-later */
/* stunt events: the timeline of a run as text. */
#include <stdio.h>
#include <string.h>

#include "cli.h"
#include "core/fault.h"
#include "follow.h"
#include "stunt/report.h"

#define ALL (-1) /* cells, and what is in none */

typedef struct {
    char *device, *class_name, *results;
    gboolean follow;
    int cell; /* ALL: all lines */
} Filter;

/* "     1.234567890  #000042  dma0  irq.raise  vector=1": time, number, device, class. A note has no number.
 */
static gboolean passes(const Filter *filter, const char *text)
{
    g_auto(GStrv) words = g_strsplit_set(text, " ", -1);
    const char *part[4] = { "", "", "", "" };
    guint n = 0;

    if (!filter->device && !filter->class_name) {
        return TRUE;
    }
    for (guint i = 0; words[i] && n < G_N_ELEMENTS(part); i++) {
        if (*words[i]) {
            part[n++] = words[i];
        }
    }
    return *part[1] == '#' && (!filter->device || g_str_equal(filter->device, part[2])) &&
           (!filter->class_name || g_str_equal(filter->class_name, part[3]));
}

static gboolean print_line(const char *text, gpointer data)
{
    if (passes(data, text)) {
        puts(text);
        return fflush(stdout) == 0;
    }
    return TRUE;
}

/* Numbers of the lines to print, from 1. */
typedef struct {
    guint64 first, last;
} Lines;

static int print_file(const char *folder, const Lines *lines, Filter *filter)
{
    g_autofree char *file = g_build_filename(folder, "events.log", NULL);
    g_autofree char *text = NULL;
    GError *error = NULL;
    char *line, *rest;
    guint64 number = 0;

    if (!g_file_get_contents(file, &text, NULL, &error)) {
        return stunt_cli_fail(error);
    }
    rest = text;
    while (*rest && number < lines->last && (line = strsep(&rest, "\n")) && rest) {
        number++;
        if (number >= lines->first && !print_line(line, filter)) {
            break;
        }
    }
    return STUNT_EXIT_OK;
}

static int print_result(const StuntResult *result, const char *folder, Filter *filter)
{
    Lines lines = { 0, G_MAXUINT64 };
    GError *error = NULL;

    if (filter->cell != ALL) {
        const StuntCell *cell;
        g_autoptr(StuntGrid) grid = stunt_results_cell(result, folder, (guint64)filter->cell, &cell, &error);

        if (!grid) {
            return stunt_cli_fail(error);
        }
        lines = (Lines){ cell->first_line, cell->last_line };
    }
    return print_file(folder, &lines, filter);
}

/* A class that does not exist would silently show nothing. */
static gboolean check_class(const char *name, int *ret_exit)
{
    g_autoptr(GPtrArray) names = g_ptr_array_new();
    g_autofree char *near_name = NULL;

    if (!name || stunt_class_by_name(name)) {
        return TRUE;
    }
    for (size_t i = 0; i < stunt_n_classes; i++) {
        g_ptr_array_add(names, (char *)stunt_classes[i].name);
    }
    near_name = stunt_did_you_mean(name, names);
    *ret_exit = stunt_cli_usage("events", "unknown event class '%s'%s", name, near_name);
    return FALSE;
}

static int show(const char *word, Filter *filter)
{
    g_autofree char *root = filter->results ? g_strdup(filter->results) : stunt_results_root();
    g_autofree char *folder = NULL;
    g_autoptr(StuntResult) result = NULL;
    g_autoptr(StuntFollow) follow = filter->follow ? stunt_follow_open(word) : NULL;
    GError *error = NULL;

    if (follow) {
        stunt_follow_lines(follow, print_line, filter);
        return STUNT_EXIT_OK;
    }
    if (filter->follow) {
        fprintf(stderr, "stunt: no run of '%s' goes on, this is the last one\n", word);
    }
    result = stunt_results_find(root, word, &folder, &error);
    return result ? print_result(result, folder, filter) : stunt_cli_fail(error);
}

static int run(int argc, char **argv, const char *config)
{
    static Filter filter = { .cell = ALL }; /* its strings live as long as the process */
    const GOptionEntry entries[] = {
        { "device", 0, 0, G_OPTION_ARG_STRING, &filter.device, "only events of this device", "NAME" },
        { "class", 0, 0, G_OPTION_ARG_STRING, &filter.class_name, "only events of this class", "NAME" },
        { "cell", 0, 0, G_OPTION_ARG_INT, &filter.cell, "only this cell of the grid", "N" },
        { "follow", 0, 0, G_OPTION_ARG_NONE, &filter.follow, "read along while the scenario runs", NULL },
        { "results", 0, 0, G_OPTION_ARG_FILENAME, &filter.results, "folder that keeps results", "DIR" },
        G_OPTION_ENTRY_NULL,
    };
    int status;

    if (!stunt_cli_options(&argc, &argv, "RESULT",
                           "Prints the timeline of a run. RESULT is a results folder, its result.json,\n"
                           "or the name of a scenario of the last run.",
                           entries, &config, &status)) {
        return status;
    }
    if (argc != 2) {
        return stunt_cli_usage("events", "one RESULT is needed");
    }
    if (filter.follow && filter.cell != ALL) {
        return stunt_cli_usage("events", "--cell is for a run that has ended: leave --follow out");
    }
    return check_class(filter.class_name, &status) ? show(argv[1], &filter) : status;
}

const StuntCliCommand stunt_command_events = { "events", "print the timeline of a run", run };
