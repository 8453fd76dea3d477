/* SPDX-License-Identifier: GPL-2.0-or-later */
/* stunt grid: what became of each point of a sweep. */
#include <stdio.h>

#include "cli.h"
#include "json-table.h"
#include "stunt/report.h"

typedef struct {
    char *json, *results;
    gboolean cells;
} Options;

static void print_cell(const StuntCell *cell, guint number)
{
    g_autofree char *place = stunt_cell_place(cell);

    printf("  #%u  %s: %s%s%s\n", number, place, cell->outcome, *cell->detail ? ": " : "", cell->detail);
}

static void print_cells(const StuntGrid *grid, gboolean all)
{
    for (guint i = 0; i < grid->cell->len; i++) {
        const StuntCell *cell = grid->cell->pdata[i];

        if (all || !cell->good) {
            print_cell(cell, i + 1);
        }
    }
}

/* word: as the user named the result. */
static void print_grid(const StuntResult *result, const StuntGrid *grid, const char *word, gboolean all)
{
    g_autofree char *table = stunt_grid_table(grid), *quoted = stunt_report_quote(word);

    printf("%s: %u cells, %u of them not good\n\n%s", result->name, grid->cell->len, grid->bad, table);
    if (all || grid->bad) {
        printf("\n%s\n", all ? "cells:" : "not good:");
        print_cells(grid, all);
        printf("\n'stunt events %s --cell N' prints the events of one, 'stunt replay %s --gdb --cell N' stops at its end.\n",
               quoted, quoted);
    }
}

static gboolean write_json(const StuntGrid *grid, const char *path)
{
    g_autoptr(JsonBuilder) table = stunt_json_table_new("cells");

    stunt_grid_put_json(grid, table);
    return stunt_json_table_write(table, path);
}

static int show(const char *word, const Options *options)
{
    g_autofree char *root = options->results ? g_strdup(options->results) : stunt_results_root(), *folder = NULL;
    GError *error = NULL;
    g_autoptr(StuntResult) result = stunt_results_find(root, word, &folder, &error);
    g_autoptr(StuntGrid) grid = result ? stunt_results_grid(result, folder, &error) : NULL;

    if (!grid) {
        return stunt_cli_fail(error);
    }
    if (options->json && !write_json(grid, options->json)) {
        return STUNT_EXIT_BROKEN;
    }
    if (g_strcmp0(options->json, "-") != 0) {
        print_grid(result, grid, word, options->cells);
    }
    return grid->bad ? STUNT_EXIT_FAIL : STUNT_EXIT_OK;
}

static int run(int argc, char **argv, const char *config)
{
    static Options options; /* its strings live as long as the process */
    const GOptionEntry entries[] = {
        { "cells", 0, 0, G_OPTION_ARG_NONE, &options.cells, "list all cells, not only the bad ones", NULL },
        { "json", 0, 0, G_OPTION_ARG_FILENAME, &options.json, "write the cells, '-': standard output", "FILE" },
        { "results", 0, 0, G_OPTION_ARG_FILENAME, &options.results, "folder that keeps results", "DIR" },
        G_OPTION_ENTRY_NULL,
    };
    int status;

    if (!stunt_cli_options(&argc, &argv, "RESULT",
                           "Prints the grid of a sweep: for each class of points, how many had which\n"
                           "outcome. RESULT is a results folder, its result.json, or the name of a scenario\n"
                           "of the last run. The exit status is 1 when a cell is not good.",
                           entries, &config, &status)) {
        return status;
    }
    return argc == 2 ? show(argv[1], &options) : stunt_cli_usage("grid", "one RESULT is needed");
}

const StuntCliCommand stunt_command_grid = { "grid", "print what became of each point of a sweep", run };
