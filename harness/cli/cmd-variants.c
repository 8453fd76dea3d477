/* SPDX-License-Identifier: GPL-2.0-or-later */
/* stunt variants: which scenario catches which planted bug. */
#include <stdio.h>
#include <string.h>

#include "caught.h"
#include "jobs.h"
#include "json-table.h"
#include "show.h"
#include "stunt/error.h"

#define SEED 1

typedef struct {
    gboolean quick, full;
    char **bug; /* names, or NULL: all */
    char *json, *kernel;
    int jobs;
} Options;

typedef struct {
    const Options *options;
    StuntBench bench;
    GPtrArray *file; /* StuntScenarioFile * */
    GPtrArray *bug;  /* const StuntBug *, those that are asked for */
    GPtrArray *real, *variant; /* StuntCase * */
    GPtrArray *running;        /* one of the two */
    StuntShow *show;
} Table;

/* ---- what to run --------------------------------------------------------------------------------- */

static gboolean choose_bugs(Table *table, GError **error)
{
    const StuntSetup *setup = table->bench.setup;
    char **names = table->options->bug;

    table->bug = g_ptr_array_new();
    for (guint i = 0; names && names[i]; i++) {
        const StuntBug *bug = stunt_setup_find_bug(setup, names[i], error);

        if (!bug) {
            return FALSE;
        }
        g_ptr_array_add(table->bug, (gpointer)bug);
    }
    for (guint i = 0; !names && i < setup->bug->len; i++) {
        g_ptr_array_add(table->bug, setup->bug->pdata[i]);
    }
    if (!table->bug->len) {
        g_set_error(error, STUNT_ERROR, STUNT_ERROR_INPUT, "no bug is planted in any driver of %s", setup->file);
    }
    return table->bug->len;
}

static gboolean claims(const StuntScenario *scenario, const StuntBug *bug)
{
    for (guint i = 0; i < scenario->catches->len; i++) {
        if (g_str_equal(scenario->catches->pdata[i], bug->name)) {
            return TRUE;
        }
    }
    return FALSE;
}

/* With --full the scenario meets all bugs, else those that it claims. */
static gboolean add_cases(Table *table, const StuntScenarioFile *file, GError **error)
{
    g_autoptr(StuntScenario) scenario =
        stunt_scenario_load(table->bench.setup, table->bench.spec, file->name, file->file, error);
    gboolean full = table->options->full, any = full;

    for (guint i = 0; scenario && i < table->bug->len; i++) {
        gboolean claimed = claims(scenario, table->bug->pdata[i]);

        if (claimed || full) {
            stunt_cases_add(table->variant, table->bug->pdata[i], file, claimed);
        }
        any |= claimed;
    }
    if (any) {
        stunt_cases_add(table->real, NULL, file, FALSE);
    }
    return scenario != NULL;
}

static gboolean has_case(const Table *table, const StuntBug *bug)
{
    for (guint i = 0; i < table->variant->len; i++) {
        if (((StuntCase *)table->variant->pdata[i])->bug == bug) {
            return TRUE;
        }
    }
    return FALSE;
}

/* Whoever asks for some scenarios wants to hear of their bugs. */
static void drop_others(Table *table)
{
    for (guint i = 0; i < table->bug->len;) {
        if (has_case(table, table->bug->pdata[i])) {
            i++;
        } else {
            g_ptr_array_remove_index(table->bug, i);
        }
    }
}

static gint by_bug(gconstpointer a, gconstpointer b)
{
    const StuntCase *const *left = a, *const *right = b;

    return strcmp((*left)->bug->name, (*right)->bug->name);
}

static gboolean plan(Table *table, char **words, GError **error)
{
    const StuntSetup *setup = table->bench.setup;

    table->real = stunt_cases_new();
    table->variant = stunt_cases_new();
    table->file = stunt_catalog_select(setup->scenarios, (const char *const *)words, error);
    if (!table->file || !choose_bugs(table, error)) {
        return FALSE;
    }
    for (guint i = 0; i < table->file->len; i++) {
        if (!add_cases(table, table->file->pdata[i], error)) {
            return FALSE;
        }
    }
    g_ptr_array_sort(table->variant, by_bug);
    if (words[0] && !table->options->bug) {
        drop_others(table);
    }
    if (!table->bug->len) {
        g_set_error(error, STUNT_ERROR, STUNT_ERROR_INPUT, "none of these scenarios catches a planted bug");
    }
    return table->bug->len;
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
    StuntCase *one = table->running->pdata[index];

    one->result = g_steal_pointer(&outcome->result);
    stunt_show_ended(table->show, index);
}

/* What the line of progress calls each case. */
static GPtrArray *labels(const GPtrArray *cases)
{
    GPtrArray *files = g_ptr_array_new_with_free_func((GDestroyNotify)stunt_scenario_file_free);

    for (guint i = 0; i < cases->len; i++) {
        const StuntCase *one = cases->pdata[i];
        StuntScenarioFile *file = g_new0(StuntScenarioFile, 1);

        file->name = one->bug ? g_strdup_printf("%s in %s", one->bug->name, one->scenario->name)
                              : g_strdup(one->scenario->name);
        g_ptr_array_add(files, file);
    }
    return files;
}

/* Returns the number of the signal that ended it, or 0. */
static int run_cases(Table *table, GPtrArray *cases, StuntStartKind start)
{
    const Options *options = table->options;
    g_autoptr(GPtrArray) files = g_ptr_array_new(), shown = labels(cases);
    g_autofree const char **bugs = g_new0(const char *, cases->len + 1);
    StuntJobs jobs = {
        .setup = table->bench.setup,
        .spec = table->bench.spec,
        .scenario = files,
        .bug = bugs,
        .kernel = options->kernel,
        .seed = SEED,
        .jobs = options->jobs ? (guint)options->jobs : g_get_num_processors(),
        .start = start,
        .verify_resets = STUNT_DEFAULT_VERIFY_RESETS,
        .started = on_started,
        .progress = on_progress,
        .finished = on_finished,
        .data = table,
    };
    int number;

    for (guint i = 0; i < cases->len; i++) {
        const StuntCase *one = cases->pdata[i];

        g_ptr_array_add(files, (gpointer)one->scenario);
        bugs[i] = one->bug ? one->bug->name : NULL;
    }
    table->running = cases;
    table->show = stunt_show_new(stderr, shown);
    number = cases->len ? stunt_jobs_run(&jobs) : 0;
    stunt_show_clear(table->show);
    g_clear_pointer(&table->show, stunt_show_free);
    return number;
}

/* ---- the table ----------------------------------------------------------------------------------- */

#define REASON_MAX 100 /* characters; what a guest's program printed may be long */

static void print_case(const StuntCase *one)
{
    const char *how = stunt_case_how(one);
    const char *reason = one->result ? one->result->reason : "";
    gboolean whole = g_utf8_strlen(reason, -1) <= REASON_MAX;
    g_autofree char *shown = whole ? g_strdup(reason) : g_utf8_substring(reason, 0, REASON_MAX);

    printf("         %-32s %-11s  %s%s\n", one->scenario->name,
           *how           ? how
           : one->result  ? stunt_status_name(one->result->status)
                          : "not run",
           shown, whole ? "" : "…");
}

/* A case that says nothing of the bug is left out. */
static gboolean tells(const StuntCase *one)
{
    return one->claimed || (one->result && one->result->status == STUNT_FAIL);
}

static gboolean print_bug(const Table *table, const StuntBug *bug)
{
    g_autofree char *why = NULL;
    gboolean good = stunt_cases_judge(table->variant, bug, &why);

    printf("%-7s  %s (%s): %s\n", good ? "PASS" : "FAIL", bug->name, bug->kind, bug->summary);
    for (guint i = 0; i < table->variant->len; i++) {
        const StuntCase *one = table->variant->pdata[i];

        if (one->bug == bug && tells(one)) {
            print_case(one);
        }
    }
    if (!good) {
        printf("         %s\n         stunt run --bug %s SCENARIO\n", why, bug->name);
    }
    return good;
}

static gboolean print_real(const Table *table)
{
    g_autofree char *why = NULL;
    gboolean good = stunt_cases_judge(table->real, NULL, &why);

    printf("%-7s  the real driver, in %u scenarios\n", good ? "PASS" : "FAIL", table->real->len);
    for (guint i = 0; i < table->real->len; i++) {
        const StuntCase *one = table->real->pdata[i];

        if (!one->result || (one->result->status != STUNT_PASS && one->result->status != STUNT_SKIP)) {
            print_case(one);
        }
    }
    return good;
}

/* Returns whether all is as it should be. */
static gboolean print_table(const Table *table)
{
    StuntTally tally = { 0 };
    g_autofree char *text = NULL;

    for (guint i = 0; i < table->bug->len; i++) {
        *(print_bug(table, table->bug->pdata[i]) ? &tally.passed : &tally.failed) += 1;
    }
    *(print_real(table) ? &tally.passed : &tally.failed) += 1;
    text = stunt_tally_text(&tally);
    printf("%s\n", text);
    return !tally.failed;
}

/* ---- JSON ---------------------------------------------------------------------------------------- */

static void put_case(JsonBuilder *builder, const StuntCase *one)
{
    json_builder_begin_object(builder);
    stunt_json_table_put(builder, "scenario", one->scenario->name);
    json_builder_set_member_name(builder, "claimed");
    json_builder_add_boolean_value(builder, one->claimed);
    stunt_json_table_put(builder, "status", one->result ? stunt_status_name(one->result->status) : "");
    stunt_json_table_put(builder, "how", stunt_case_how(one));
    stunt_json_table_put(builder, "reason", one->result ? one->result->reason : "");
    json_builder_end_object(builder);
}

static void put_cases(JsonBuilder *builder, const GPtrArray *cases, const StuntBug *bug)
{
    json_builder_set_member_name(builder, "cases");
    json_builder_begin_array(builder);
    for (guint i = 0; i < cases->len; i++) {
        const StuntCase *one = cases->pdata[i];

        if (one->bug == bug) {
            put_case(builder, one);
        }
    }
    json_builder_end_array(builder);
}

static void put_row(JsonBuilder *builder, const GPtrArray *cases, const StuntBug *bug)
{
    g_autofree char *why = NULL;
    gboolean good = stunt_cases_judge(cases, bug, &why);

    json_builder_begin_object(builder);
    stunt_json_table_put(builder, "bug", bug ? bug->name : "");
    stunt_json_table_put(builder, "module", bug ? bug->module : "");
    stunt_json_table_put(builder, "class", bug ? bug->kind : "");
    stunt_json_table_put(builder, "summary", bug ? bug->summary : "the real drivers");
    stunt_json_table_put(builder, "verdict", good ? "PASS" : "FAIL");
    stunt_json_table_put(builder, "reason", why ? why : "");
    put_cases(builder, cases, bug);
    json_builder_end_object(builder);
}

static gboolean write_json(const Table *table)
{
    g_autoptr(JsonBuilder) builder = stunt_json_table_new("rows");

    for (guint i = 0; i < table->bug->len; i++) {
        put_row(builder, table->variant, table->bug->pdata[i]);
    }
    put_row(builder, table->real, NULL);
    return stunt_json_table_write(builder, table->options->json);
}

/* ---- the command --------------------------------------------------------------------------------- */

/*
 * The real driver begins where an earlier run has left its machine. A variant is met by one scenario or a few, so
 * that its machine is not worth keeping, unless it meets all.
 */
static int run_table(Table *table)
{
    int number = run_cases(table, table->real, STUNT_DEFAULT_START);
    gboolean good;

    if (!number) {
        number = run_cases(table, table->variant, table->options->full ? STUNT_START_STRICT : STUNT_START_BOOT);
    }
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
    g_clear_pointer(&table->real, g_ptr_array_unref);
    g_clear_pointer(&table->variant, g_ptr_array_unref);
    g_clear_pointer(&table->bug, g_ptr_array_unref);
    g_clear_pointer(&table->file, g_ptr_array_unref);
    stunt_bench_close(&table->bench);
}

static int run_with(const Options *options, char **words, const char *config)
{
    Table table = { .options = options };
    GError *error = NULL;
    int status;

    if (!stunt_bench_open(&table.bench, config, &error) ||
        !stunt_bench_check_kernel(&table.bench, options->kernel, &error) || !plan(&table, words, &error)) {
        status = stunt_cli_fail(error);
    } else {
        status = run_table(&table);
    }
    table_clear(&table);
    return status;
}

static int run(int argc, char **argv, const char *config)
{
    static Options options; /* what it holds lives as long as the process */
    const GOptionEntry entries[] = {
        { "quick", 0, 0, G_OPTION_ARG_NONE, &options.quick, "only what scenarios claim (the default)", NULL },
        { "full", 0, 0, G_OPTION_ARG_NONE, &options.full, "every scenario against every bug", NULL },
        { "bug", 0, 0, G_OPTION_ARG_STRING_ARRAY, &options.bug, "only this bug; may be repeated", "NAME" },
        { "json", 0, 0, G_OPTION_ARG_FILENAME, &options.json, "write the table as JSON", "FILE" },
        { "kernel", 0, 0, G_OPTION_ARG_FILENAME, &options.kernel, "guest kernel: name, or bzImage", "NAME" },
        { "jobs", 'j', 0, G_OPTION_ARG_INT, &options.jobs, "how many at once (number of cores)", "N" },
        G_OPTION_ENTRY_NULL,
    };
    int status;

    if (!stunt_cli_options(&argc, &argv, "[PATH|NAME …]",
                           "Runs scenarios on the drivers with planted bugs, and tells which catches which.\n"
                           "A bug must be caught by all that claim it, and the real driver must pass.",
                           entries, &config, &status)) {
        return status;
    }
    if (options.quick && options.full) {
        return stunt_cli_usage("variants", "--quick or --full, not both");
    }
    if (options.jobs < 0) {
        return stunt_cli_usage("variants", "--jobs takes a number that is not negative");
    }
    return run_with(&options, argv + 1, config);
}

const StuntCliCommand stunt_command_variants = { "variants", "tell which scenario catches which planted bug", run };
