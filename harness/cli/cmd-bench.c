/* SPDX-License-Identifier: GPL-2.0-or-later */
/* stunt bench: figures and their comparators in one run, as a table and as JSON. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "jobs.h"
#include "stunt/bench.h"
#include "stunt/error.h"
#include "stunt/report.h"

#define SEED      1
#define US_PER_MS 1000.0

typedef struct {
    char *json, *only;
    gboolean quick;
} Options;

typedef struct {
    FILE *table;
    const StuntSpec *spec;
    int signal; /* that ended a batch */
} Bench;

/* ---- scenarios ------------------------------------------------------------------------------------ */

typedef struct {
    const StuntBatch *batch;
    double *begin_ms; /* by index */
    guint good;
    char *why; /* of the first that was not */
} Running;

static double now_ms(void)
{
    return (double)g_get_monotonic_time() / US_PER_MS;
}

static void on_started(guint index, gpointer data)
{
    ((Running *)data)->begin_ms[index] = now_ms();
}

/* What was not measured as it says would be worse than no figure. */
static gboolean is_as_asked(const StuntBatch *batch, const StuntResult *result)
{
    return g_str_equal(result->start, stunt_start_kind_name(batch->start)) ||
           g_str_equal(result->mode, "realtime");
}

static void on_finished(guint index, StuntOutcome *outcome, gpointer data)
{
    const StuntResult *result = outcome->result;
    Running *running = data;

    if (running->batch->ret_each_ms) {
        running->batch->ret_each_ms[index] = now_ms() - running->begin_ms[index];
    }
    if (result->status == STUNT_PASS && is_as_asked(running->batch, result)) {
        running->good++;
    } else if (!running->why && result->status == STUNT_PASS) {
        running->why = g_strdup_printf("%s: started by %s: %s", result->name, result->start, result->start_note);
    } else if (!running->why) {
        running->why =
            g_strdup_printf("%s: %s: %s", result->name, stunt_status_name(result->status), result->reason);
    }
}

static gboolean run_batch(const StuntBatch *batch, gpointer data, GError **error)
{
    Bench *bench = data;
    guint runs = batch->scenario->len * batch->times;
    g_autoptr(GPtrArray) scenarios = g_ptr_array_new();
    g_autofree double *begin_ms = g_new0(double, runs);
    Running running = { .batch = batch, .begin_ms = begin_ms };
    const StuntJobs jobs = {
        .setup = batch->setup,
        .spec = bench->spec,
        .scenario = scenarios,
        .seed = SEED,
        .jobs = batch->workers,
        .start = batch->start,
        .verify_resets = STUNT_DEFAULT_VERIFY_RESETS,
        .started = on_started,
        .finished = on_finished,
        .data = &running,
    };
    gboolean good;

    for (guint i = 0; i < runs; i++) {
        g_ptr_array_add(scenarios, batch->scenario->pdata[i % batch->scenario->len]);
    }
    bench->signal = stunt_jobs_run(&jobs);
    good = !bench->signal && running.good == runs;
    if (!good) {
        g_set_error(error, STUNT_ERROR, STUNT_ERROR_FAILED, "%s",
                    running.why ? running.why : "ended by a signal");
    }
    g_free(running.why);
    return good;
}

/* ---- telling --------------------------------------------------------------------------------------- */

static void on_begin(const char *group, gpointer data)
{
    (void)data;
    if (isatty(STDERR_FILENO)) {
        fprintf(stderr, "\r\033[Kmeasuring %s …", group);
    }
}

static void on_measured(const StuntFigure *figure, gpointer data)
{
    const Bench *bench = data;
    g_autofree char *text = stunt_figure_to_text(figure);

    if (isatty(STDERR_FILENO)) {
        fputs("\r\033[K", stderr);
    }
    fputs(text, bench->table);
    fflush(bench->table);
}

static gboolean write_json(const char *file, const GPtrArray *figures, gboolean quick, GError **error)
{
    g_autoptr(JsonNode) node = NULL;
    g_autofree char *text = NULL;

    if (!file) {
        return TRUE;
    }
    node = stunt_figures_to_json(figures, quick);
    text = stunt_json_to_text(node);
    return stunt_report_write(file, text, strlen(text), error);
}

/* Better now than after minutes of measuring. */
static gboolean check_json(const char *file, GError **error)
{
    g_autofree char *folder = file ? g_path_get_dirname(file) : NULL;

    if (!file || g_str_equal(file, "-")) {
        return TRUE;
    }
    if (!g_file_test(folder, G_FILE_TEST_IS_DIR) || g_file_test(file, G_FILE_TEST_IS_DIR)) {
        g_set_error(error, STUNT_ERROR, STUNT_ERROR_INPUT, "--json %s: no folder to write that file to",
                    file);
        return FALSE;
    }
    return TRUE;
}

/* ---- all of it ------------------------------------------------------------------------------------- */

static int measure(const Options *options, const char *config)
{
    g_auto(StuntBench) installed = { 0 };
    g_autoptr(GPtrArray) figures = NULL;
    g_autofree char *head = stunt_figure_head();
    Bench bench = { .table = g_strcmp0(options->json, "-") ? stdout : stderr };
    StuntMeasureRequest request = {
        .quick = options->quick,
        .only = options->only,
        .batch = run_batch,
        .begin = on_begin,
        .measured = on_measured,
        .data = &bench,
    };
    GError *error = NULL;

    if (!stunt_measure_check(options->only, &error) || !check_json(options->json, &error) ||
        !stunt_bench_open(&installed, config, &error)) {
        return stunt_cli_fail(error);
    }
    request.setup = installed.setup;
    bench.spec = installed.spec;
    fputs(head, bench.table);
    figures = stunt_measure(&request, &error);
    if (!figures || !write_json(options->json, figures, options->quick, &error)) {
        int status = stunt_cli_fail(error);

        return bench.signal ? STUNT_EXIT_SIGNAL + bench.signal : status;
    }
    return STUNT_EXIT_OK;
}

static int run(int argc, char **argv, const char *config)
{
    static Options options; /* its strings live as long as the process */
    const GOptionEntry entries[] = {
        { "json", 0, 0, G_OPTION_ARG_FILENAME, &options.json, "write JSON; - is stdout", "FILE" },
        { "quick", 0, 0, G_OPTION_ARG_NONE, &options.quick, "fewer samples, within a minute", NULL },
        { "only", 0, 0, G_OPTION_ARG_FILENAME, &options.only, "one group of figures", "NAME" },
        G_OPTION_ENTRY_NULL,
    };
    g_autofree char *groups = stunt_measure_groups();
    g_autofree char *summary = g_strconcat(
        "Measures what things cost, each figure beside its comparators. Figures:\n", groups, NULL);
    int status;

    if (!stunt_cli_options(&argc, &argv, "", summary, entries, &config, &status)) {
        return status;
    }
    if (argc > 1) {
        return stunt_cli_usage("bench", "bench takes no arguments; one group of figures is --only NAME");
    }
    return measure(&options, config);
}

const StuntCliCommand stunt_command_bench = { "bench", "measure what things cost, beside comparators", run };
