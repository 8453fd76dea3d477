/* SPDX-License-Identifier: GPL-2.0-or-later */
/* stunt list */
#include <stdio.h>
#include <string.h>

#include "cli.h"

static int name_width(const GPtrArray *scenarios)
{
    gsize width = 0;

    for (guint i = 0; i < scenarios->len; i++) {
        width = MAX(width, strlen(((StuntScenarioFile *)scenarios->pdata[i])->name));
    }
    return (int)width;
}

/* A broken file is shown, and does not hide the others. */
static gboolean print_scenario(const StuntBench *bench, const StuntScenarioFile *file, int width)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(StuntScenario) scenario =
        stunt_scenario_load(bench->setup, bench->spec, file->name, file->file, &error);

    printf("%-*s  %s%s\n", width, file->name,
           scenario ? "" : "ERROR: ", scenario ? scenario->summary : error->message);
    return scenario != NULL;
}

static int list(char **words, const char *config)
{
    g_auto(StuntBench) bench = { 0 };
    g_autoptr(GPtrArray) scenarios = NULL;
    GError *error = NULL;
    gboolean good = TRUE;

    if (stunt_bench_open(&bench, config, &error)) {
        scenarios = stunt_catalog_select(bench.setup->scenarios, (const char *const *)words, &error);
    }
    if (!scenarios) {
        return stunt_cli_fail(error);
    }
    for (guint i = 0; i < scenarios->len; i++) {
        good &= print_scenario(&bench, scenarios->pdata[i], name_width(scenarios));
    }
    return good ? STUNT_EXIT_OK : STUNT_EXIT_BROKEN;
}

static int run(int argc, char **argv, const char *config)
{
    int status;

    if (!stunt_cli_options(&argc, &argv, "[PATH|NAME …]", "Lists scenarios, from the files alone.", NULL,
                           &config, &status)) {
        return status;
    }
    return list(argv + 1, config);
}

const StuntCliCommand stunt_command_list = { "list", "list scenarios", run };
