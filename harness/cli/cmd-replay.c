/* SPDX-License-Identifier: GPL-2.0-or-later */
/* stunt replay: the same run again, compared event by event, or stopped at the failing event under gdb. */
#include <glib-unix.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "jobs.h"
#include "logs.h"
#include "show.h"
#include "stunt/error.h"
#include "stunt/report.h"

#define DEFAULT_PORT "1234"
#define NO_CELL      (-1)

typedef struct {
    char *results, *start; /* as given, or NULL */
    int cell;              /* of the grid, to stop at its end; NO_CELL: at the event before the verdict */
    StuntStartKind start_kind;
} Options;

typedef struct {
    StuntResult *saved;
    char *folder;
    StuntBench bench;
    StuntShow *show;
    const char *start; /* as asked for, or NULL */
    StuntStartKind start_kind;
    StuntOutcome outcome; /* of the new run */
    guint64 stop_event, stop_rewinds; /* with --gdb: where, see StuntRunRequest */
    char *stop_why;                   /* "before FAIL: …" */
} Replay;

/* ---- comparing ----------------------------------------------------------------------------------- */

/* FALSE when they differ. */
static gboolean compare(const Replay *replay)
{
    g_autofree char *file = g_build_filename(replay->folder, "events.log", NULL);
    g_autoptr(GError) error = NULL;
    g_autoptr(GBytes) saved = NULL;
    g_auto(StuntLogComparison) logs = { 0 };
    char *text;
    gsize len;

    if (!g_file_get_contents(file, &text, &len, &error)) {
        fprintf(stderr, "stunt: %s\n", error->message);
        return FALSE;
    }
    saved = g_bytes_new_take(text, len);
    if (stunt_logs_compare(saved, replay->outcome.logs.events, &logs)) {
        printf("identical: %" G_GSIZE_FORMAT " bytes of events, as in %s\n", logs.equal_len, file);
        return TRUE;
    }
    printf("different from line %u of %s on:\n  then: %s\n  now:  %s\n", logs.line, file, logs.first,
           logs.other);
    return FALSE;
}

/* ---- running again ------------------------------------------------------------------------------- */

static void on_started(guint index, gpointer data)
{
    stunt_show_started(((Replay *)data)->show, index);
}

static void on_progress(guint index, const char *what, guint64 virtual_ns, gpointer data)
{
    stunt_show_progress(((Replay *)data)->show, index, what, virtual_ns);
}

static void on_finished(guint index, StuntOutcome *outcome, gpointer data)
{
    Replay *replay = data;

    replay->outcome = *outcome;
    *outcome = (StuntOutcome){ 0 };
    stunt_result_set(&replay->outcome.result->replay, replay->saved->replay);
    stunt_show_finished(replay->show, index, replay->outcome.result);
}

static StuntJobPlan plan_of(const StuntResult *saved)
{
    return (StuntJobPlan){ saved->plan_name, *saved->plan_text ? saved->plan_text : NULL };
}

static int run_again(Replay *replay)
{
    StuntScenarioFile file = { replay->saved->name, replay->saved->file };
    g_autoptr(GPtrArray) scenarios = g_ptr_array_new();
    const char *bug = *replay->saved->bug ? replay->saved->bug : NULL;
    const StuntJobPlan plan = plan_of(replay->saved);
    StuntTally tally = { 0 };
    StuntJobs jobs = {
        .setup = replay->bench.setup,
        .scenario = scenarios,
        .bug = &bug,
        .plan = &plan,
        .kernel = *replay->saved->kernel ? replay->saved->kernel : NULL,
        .iommu = replay->saved->iommu,
        .seed = replay->saved->seed,
        .jobs = 1,
        .start = replay->start_kind,
        .started = on_started,
        .progress = on_progress,
        .finished = on_finished,
        .data = replay,
    };
    gboolean equal;
    int number;

    g_ptr_array_add(scenarios, &file);
    replay->show = stunt_show_new(stdout, scenarios);
    stunt_show_wanted_start(replay->show, replay->start);
    number = stunt_jobs_run(&jobs);
    g_clear_pointer(&replay->show, stunt_show_free);
    if (number || !replay->outcome.result) {
        return STUNT_EXIT_SIGNAL + number;
    }
    stunt_tally_add(&tally, replay->outcome.result);
    equal = compare(replay);
    return equal ? stunt_tally_exit_code(&tally) : STUNT_EXIT_BROKEN;
}

/* ---- under gdb ----------------------------------------------------------------------------------- */

static gboolean on_end(gpointer data)
{
    g_main_loop_quit(data);
    return G_SOURCE_CONTINUE;
}

/* The machine stands at the event; it stays until the user ends it. */
static void on_stopped(StuntTimeline *timeline, gpointer data)
{
    g_autoptr(GMainLoop) loop = g_main_loop_new(NULL, FALSE);
    guint interrupt = g_unix_signal_add(SIGINT, on_end, loop), end = g_unix_signal_add(SIGTERM, on_end, loop);
    g_autofree char *tail = stunt_timeline_tail(timeline, 5);

    printf("%sThe machine stands at event #%" G_GUINT64_FORMAT ". Connect with:\n"
           "  gdb -ex 'target remote :%s'\n"
           "and the kernel's vmlinux if there is one; Ctrl-C here ends the machine.\n",
           tail, stunt_timeline_last_seq(timeline), (const char *)data);
    fflush(stdout);
    g_main_loop_run(loop);
    g_source_remove(interrupt);
    g_source_remove(end);
}

/* The end of a cell, or the verdict. Errors: INPUT (no such cell). */
static gboolean find_stop(Replay *replay, int number, GError **error)
{
    g_autoptr(StuntGrid) grid = NULL;
    g_autofree char *place = NULL;
    const StuntCell *cell;

    if (number == NO_CELL) {
        replay->stop_event = replay->saved->last_event;
        replay->stop_rewinds = replay->saved->rewinds;
        replay->stop_why =
            g_strdup_printf("before %s: %s", stunt_status_name(replay->saved->status), replay->saved->reason);
        return TRUE;
    }
    grid = stunt_results_cell(replay->saved, replay->folder, (guint64)number, &cell, error);
    if (!grid) {
        return FALSE;
    }
    place = stunt_cell_place(cell);
    replay->stop_event = cell->last_event;
    replay->stop_rewinds = cell->rewinds;
    replay->stop_why = g_strdup_printf("of cell %d, %s: %s", number, place, cell->outcome);
    return TRUE;
}

static int run_gdb(Replay *replay, const char *port)
{
    g_autofree char *gdb = g_strdup_printf("tcp:127.0.0.1:%s", port);
    StuntRunRequest request = {
        .setup = replay->bench.setup,
        .spec = replay->bench.spec,
        .name = replay->saved->name,
        .file = replay->saved->file,
        .kernel = *replay->saved->kernel ? replay->saved->kernel : NULL,
        .iommu = replay->saved->iommu,
        .bug = *replay->saved->bug ? replay->saved->bug : NULL,
        .plan_name = replay->saved->plan_name,
        .plan_text = plan_of(replay->saved).text,
        .seed = replay->saved->seed,
        .start = STUNT_START_BOOT, /* QEMU's gdb stub, and a stop on the way, are for a machine of its own */
        .gdb = gdb,
        .stop_at_event = replay->stop_event,
        .stop_after_rewinds = replay->stop_rewinds,
        .stopped = on_stopped,
        .data = (gpointer)port,
    };

    if (!request.stop_at_event) {
        fprintf(stderr, "stunt: the run ended before its first event, there is nothing to stop at\n");
        return STUNT_EXIT_BROKEN;
    }
    printf("running to event #%" G_GUINT64_FORMAT ", the last %s\n", request.stop_at_event, replay->stop_why);
    fflush(stdout);
    replay->outcome.result =
        stunt_scenario_run(&request, &replay->outcome.logs.events, &replay->outcome.logs.kernel);
    if (replay->outcome.result->status == STUNT_BROKEN) {
        fprintf(stderr, "stunt: %s\n%s", replay->outcome.result->reason, replay->outcome.result->detail);
        return STUNT_EXIT_BROKEN;
    }
    return STUNT_EXIT_OK;
}

/* ---- the command --------------------------------------------------------------------------------- */

static void replay_clear(Replay *replay)
{
    stunt_result_free(replay->saved);
    g_free(replay->folder);
    stunt_bench_close(&replay->bench);
    stunt_outcome_clear(&replay->outcome);
    g_free(replay->stop_why);
}

static int replay_result(const char *word, const char *port, const Options *options, const char *config)
{
    g_autofree char *root = options->results ? g_strdup(options->results) : stunt_results_root();
    Replay replay = { .start = options->start, .start_kind = options->start_kind };
    GError *error = NULL;
    int status;

    replay.saved = stunt_results_find(root, word, &replay.folder, &error);
    if (!replay.saved || !stunt_bench_open(&replay.bench, config, &error) || !find_stop(&replay, options->cell, &error)) {
        status = stunt_cli_fail(error);
    } else if (g_str_equal(replay.saved->mode, "realtime")) {
        fprintf(stderr,
                "stunt: %s ran in real time, it cannot be repeated exactly; 'stunt run' runs it again\n",
                replay.saved->name);
        status = STUNT_EXIT_USAGE;
    } else {
        status = port ? run_gdb(&replay, port) : run_again(&replay);
    }
    replay_clear(&replay);
    return status;
}

static char *gdb_word; /* what stands behind --gdb; GOption gives callbacks no data of a command's own */

static gboolean take_gdb(const char *name, const char *value, gpointer data, GError **error)
{
    (void)name;
    (void)data;
    (void)error;
    g_free(gdb_word);
    gdb_word = g_strdup(value ? value : DEFAULT_PORT);
    return TRUE;
}

static gboolean is_port(const char *text)
{
    return g_ascii_string_to_unsigned(text, 10, 1, G_MAXUINT16, NULL, NULL);
}

static int run(int argc, char **argv, const char *config)
{
    static Options options = { .cell = NO_CELL, .start_kind = STUNT_START_STRICT }; /* its strings live as long as the process */
    const char *word, *port = NULL;
    const GOptionEntry entries[] = {
        { "gdb", 0, G_OPTION_FLAG_OPTIONAL_ARG, G_OPTION_ARG_CALLBACK, take_gdb,
          "stop at the failing event (port 1234)", "PORT" },
        { "cell", 0, 0, G_OPTION_ARG_INT, &options.cell, "with --gdb: stop at the end of this cell of the grid", "N" },
        { "start", 0, 0, G_OPTION_ARG_STRING, &options.start, "boot, strict or turbo (strict)", "KIND" },
        { "results", 0, 0, G_OPTION_ARG_FILENAME, &options.results, "folder that keeps results", "DIR" },
        G_OPTION_ENTRY_NULL,
    };
    g_autoptr(GError) error = NULL;
    int status;

    if (!stunt_cli_options(&argc, &argv, "RESULT",
                           "Runs a scenario again with the same seed and kernel, and compares the events.\n"
                           "RESULT is a results folder, its result.json, or the name of a scenario of the\n"
                           "last run. The exit status is that of the new run, 2 when events differ.",
                           entries, &config, &status)) {
        return status;
    }
    word = argv[1];
    if (gdb_word && !is_port(gdb_word) && argc == 1) { /* --gdb RESULT: the port is optional */
        word = gdb_word;
        port = DEFAULT_PORT;
    } else if (argc != 2) {
        return stunt_cli_usage("replay", "one RESULT is needed");
    } else if (gdb_word && !is_port(gdb_word)) {
        return stunt_cli_usage("replay", "'%s' is no port", gdb_word);
    } else {
        port = gdb_word;
    }
    if (options.cell != NO_CELL && !gdb_word) {
        return stunt_cli_usage("replay", "--cell says where --gdb stops: give --gdb, too");
    }
    if (options.start && gdb_word) {
        return stunt_cli_usage("replay", "--gdb boots the machine: leave --start out");
    }
    if (options.start && !stunt_start_kind_parse(options.start, &options.start_kind, &error)) {
        return stunt_cli_usage("replay", "--start: %s", error->message);
    }
    return replay_result(word, port, &options, config);
}

const StuntCliCommand stunt_command_replay = { "replay", "repeat a run exactly, compare, or debug it", run };
