/* SPDX-License-Identifier: GPL-2.0-or-later */
/* stunt faults: every pair of event class and action, the scenario that proves it, what the driver then does. */
#include <stdio.h>
#include <string.h>

#include "jobs.h"
#include "json-table.h"
#include "pairs.h"
#include "show.h"

#define SEED 1

typedef struct {
    gboolean run, missing;
    char *json, *kernel;
    int jobs;
} Options;

typedef struct {
    const Options *options;
    StuntBench bench;
    GPtrArray *file;   /* StuntScenarioFile *, those that prove something */
    GPtrArray *pair;   /* StuntPair * */
    GPtrArray *result; /* StuntResult * */
    StuntShow *show;
} Table;

/* ---- what there is ------------------------------------------------------------------------------- */

/* Takes the file away when it proves nothing. */
static gboolean read_file(Table *table, guint *index, GError **error)
{
    const StuntScenarioFile *file = table->file->pdata[*index];
    g_autoptr(StuntScenario) scenario =
        stunt_scenario_load(table->bench.setup, table->bench.spec, file->name, file->file, error);

    if (!scenario) {
        return FALSE;
    }
    if (scenario->proof->len) {
        stunt_pairs_add(table->pair, scenario, (*index)++);
    } else {
        g_ptr_array_remove_index(table->file, *index);
    }
    return TRUE;
}

/* Whoever names scenarios wants to hear of what those prove. */
static gboolean read_files(Table *table, char **words, GError **error)
{
    table->pair = stunt_pairs_new(table->bench.spec);
    table->result = g_ptr_array_new_with_free_func((GDestroyNotify)stunt_result_free);
    table->file = stunt_catalog_select(table->bench.setup->scenarios, (const char *const *)words, error);
    for (guint i = 0; table->file && i < table->file->len;) {
        if (!read_file(table, &i, error)) {
            return FALSE;
        }
    }
    if (table->file && words[0]) {
        stunt_pairs_drop_unproved(table->pair);
    }
    return table->file != NULL;
}

/* ---- running ------------------------------------------------------------------------------------- */

static void on_started(guint index, gpointer data)
{
    stunt_show_started(((Table *)data)->show, index);
}

static void on_progress(guint index, const char *what, guint64 virtual_ns, gpointer data)
{
    stunt_show_progress(((Table *)data)->show, index, what, virtual_ns);
}

static void on_finished(guint index, StuntOutcome *outcome, gpointer data)
{
    Table *table = data;

    stunt_pairs_add_result(table->pair, index, outcome->result);
    g_ptr_array_add(table->result, g_steal_pointer(&outcome->result));
    stunt_show_ended(table->show, index);
}

/* Returns the number of the signal that ended it, or 0. */
static int run_files(Table *table)
{
    const Options *options = table->options;
    StuntJobs jobs = {
        .setup = table->bench.setup,
        .spec = table->bench.spec,
        .scenario = table->file,
        .kernel = options->kernel,
        .seed = SEED,
        .jobs = options->jobs ? (guint)options->jobs : g_get_num_processors(),
        .start = STUNT_DEFAULT_START,
        .verify_resets = STUNT_DEFAULT_VERIFY_RESETS,
        .started = on_started,
        .progress = on_progress,
        .finished = on_finished,
        .data = table,
    };
    int number;

    table->show = stunt_show_new(stderr, table->file);
    number = table->file->len ? stunt_jobs_run(&jobs) : 0;
    stunt_show_clear(table->show);
    g_clear_pointer(&table->show, stunt_show_free);
    return number;
}

/* ---- the table ----------------------------------------------------------------------------------- */

static const char *scenario_name(const Table *table, const StuntWitness *witness)
{
    return ((StuntScenarioFile *)table->file->pdata[witness->scenario])->name;
}

static int name_width(const Table *table)
{
    gsize width = 0;

    for (guint i = 0; i < table->file->len; i++) {
        width = MAX(width, strlen(((StuntScenarioFile *)table->file->pdata[i])->name));
    }
    return (int)width;
}

/* The pair stands in the first of its lines. */
static void print_pair(const Table *table, const StuntPair *pair, int width)
{
    const char *at = pair->class_info->name, *action = pair->action->name;

    if (!pair->witness->len) {
        printf("%-12s  %-16s  no scenario proves it\n", at, action);
    }
    for (guint i = 0; i < pair->witness->len; i++) {
        const StuntWitness *witness = pair->witness->pdata[i];

        printf("%-12s  %-16s  ", i ? "" : at, i ? "" : action);
        if (witness->result) {
            printf("%-7s  %5" G_GUINT64_FORMAT " fired  ", stunt_status_name(witness->result->status),
                   stunt_witness_fired(pair, witness));
        }
        printf("%-*s  %s\n", width, scenario_name(table, witness), witness->what);
    }
}

static void print_troubles(const Table *table)
{
    for (guint i = 0; i < table->result->len; i++) {
        const StuntResult *result = table->result->pdata[i];

        if (result->status != STUNT_PASS) {
            printf("%-7s  %s: %s\n", stunt_status_name(result->status), result->name, result->reason);
        }
    }
}

/* Returns whether all are proved. */
static gboolean print_table(const Table *table)
{
    int width = name_width(table);
    guint unproved = 0;

    for (guint i = 0; i < table->pair->len; i++) {
        const StuntPair *pair = table->pair->pdata[i];
        gboolean proved = stunt_pair_is_proved(pair);

        if (!proved || !table->options->missing) {
            print_pair(table, pair, width);
        }
        unproved += !proved;
    }
    print_troubles(table);
    printf("%u of %u pairs of event class and action are proved\n", table->pair->len - unproved,
           table->pair->len);
    return !unproved;
}

/* ---- JSON ---------------------------------------------------------------------------------------- */

static void put_witness(JsonBuilder *builder, const Table *table, const StuntPair *pair,
                        const StuntWitness *witness)
{
    json_builder_begin_object(builder);
    stunt_json_table_put(builder, "scenario", scenario_name(table, witness));
    stunt_json_table_put(builder, "what", witness->what);
    stunt_json_table_put(builder, "status", witness->result ? stunt_status_name(witness->result->status) : "");
    json_builder_set_member_name(builder, "fired");
    json_builder_add_int_value(builder, (gint64)stunt_witness_fired(pair, witness));
    json_builder_end_object(builder);
}

static void put_pair(JsonBuilder *builder, const Table *table, const StuntPair *pair)
{
    json_builder_begin_object(builder);
    stunt_json_table_put(builder, "at", pair->class_info->name);
    stunt_json_table_put(builder, "action", pair->action->name);
    json_builder_set_member_name(builder, "proved");
    json_builder_add_boolean_value(builder, stunt_pair_is_proved(pair));
    json_builder_set_member_name(builder, "scenarios");
    json_builder_begin_array(builder);
    for (guint i = 0; i < pair->witness->len; i++) {
        put_witness(builder, table, pair, pair->witness->pdata[i]);
    }
    json_builder_end_array(builder);
    json_builder_end_object(builder);
}

static gboolean write_json(const Table *table)
{
    g_autoptr(JsonBuilder) builder = stunt_json_table_new("pairs");

    for (guint i = 0; i < table->pair->len; i++) {
        put_pair(builder, table, table->pair->pdata[i]);
    }
    return stunt_json_table_write(builder, table->options->json);
}

/* ---- the command --------------------------------------------------------------------------------- */

static int make_table(Table *table)
{
    int number = table->options->run ? run_files(table) : 0;
    gboolean good;

    if (number) {
        return stunt_cli_ended_by(number);
    }
    good = print_table(table);
    if (table->options->json && !write_json(table)) {
        return STUNT_EXIT_BROKEN;
    }
    return good ? STUNT_EXIT_OK : STUNT_EXIT_FAIL;
}

static void table_clear(Table *table)
{
    g_clear_pointer(&table->pair, g_ptr_array_unref);
    g_clear_pointer(&table->result, g_ptr_array_unref);
    g_clear_pointer(&table->file, g_ptr_array_unref);
    stunt_bench_close(&table->bench);
}

static int run_with(const Options *options, char **words, const char *config)
{
    Table table = { .options = options };
    GError *error = NULL;
    int status;

    if (!stunt_bench_open(&table.bench, config, &error) ||
        !stunt_bench_check_kernel(&table.bench, options->kernel, &error) || !read_files(&table, words, &error)) {
        status = stunt_cli_fail(error);
    } else {
        status = make_table(&table);
    }
    table_clear(&table);
    return status;
}

static int run(int argc, char **argv, const char *config)
{
    static Options options; /* what it holds lives as long as the process */
    const GOptionEntry entries[] = {
        { "run", 0, 0, G_OPTION_ARG_NONE, &options.run, "run these scenarios, tell verdicts and counts", NULL },
        { "missing", 0, 0, G_OPTION_ARG_NONE, &options.missing, "only pairs that are not proved", NULL },
        { "json", 0, 0, G_OPTION_ARG_FILENAME, &options.json, "write the table as JSON", "FILE" },
        { "kernel", 0, 0, G_OPTION_ARG_FILENAME, &options.kernel, "guest kernel: name, or bzImage", "NAME" },
        { "jobs", 'j', 0, G_OPTION_ARG_INT, &options.jobs, "how many at once (number of cores)", "N" },
        G_OPTION_ENTRY_NULL,
    };
    int status;

    if (!stunt_cli_options(&argc, &argv, "[PATH|NAME …]",
                           "Lists every pair of event class and fault action, the scenarios that prove it\n"
                           "and what the driver then does. Exit status 1 when one is not proved.",
                           entries, &config, &status)) {
        return status;
    }
    if (options.jobs < 0) {
        return stunt_cli_usage("faults", "--jobs takes a number that is not negative");
    }
    return run_with(&options, argv + 1, config);
}

const StuntCliCommand stunt_command_faults = { "faults", "tell which scenario proves which fault", run };
