/* SPDX-License-Identifier: GPL-2.0-or-later */
/* stunt run */
#include <stdio.h>
#include <string.h>

#include "jobs.h"
#include "lib/plan/plan.h"
#include "show.h"
#include "stunt/error.h"
#include "stunt/report.h"

#define DEFAULT_SEED 1

typedef struct {
    gint64 seed;
    int jobs, verify_resets;
    char *start; /* as given, or NULL */
    StuntStartKind start_kind;
    char *iommu; /* as given, or NULL */
    StuntSwitch iommu_switch;
    char *filter, *kernel, *bug, *plan, *junit, *json, *results, *console, *dump;
    gboolean ktap;
} Options;

typedef struct {
    const Options *options;
    StuntShow *show;
    GPtrArray *scenario;  /* StuntScenarioFile * */
    StuntResult **result; /* by index; NULL: not run */
    StuntTally tally;
    StuntJobPlan plan; /* text NULL: none */
    GDateTime *began;
    char *root, *folder; /* of results; the folder is NULL until there is one */
    gboolean save_failed;
} Run;

/* ---- as they come in ----------------------------------------------------------------------------- */

static void on_started(guint index, gpointer data)
{
    stunt_show_started(((Run *)data)->show, index);
}

static void on_progress(guint index, const char *what, guint64 virtual_ns, gpointer data)
{
    stunt_show_progress(((Run *)data)->show, index, what, virtual_ns);
}

/* The folder is made for the first result: a run that is ended before leaves none. */
static gboolean save_in_folder(Run *run, StuntOutcome *outcome, GError **error)
{
    if (!run->folder) {
        run->folder = stunt_results_new_run(run->root, (guint64)run->options->seed, run->began, error);
    }
    return run->folder && stunt_results_save(run->folder, outcome->result, &outcome->logs, error);
}

/* A verdict that cannot be kept is still told, but the run does not end well. */
static void save(Run *run, StuntOutcome *outcome)
{
    g_autoptr(GError) error = NULL;

    if (!save_in_folder(run, outcome, &error)) {
        if (!run->save_failed) {
            fprintf(stderr, "stunt: %s\n", error->message);
        }
        run->save_failed = TRUE;
        stunt_result_set(&outcome->result->events, "");
        stunt_result_set(&outcome->result->replay, "");
    }
}

static void on_finished(guint index, StuntOutcome *outcome, gpointer data)
{
    Run *run = data;

    save(run, outcome);
    stunt_tally_add(&run->tally, outcome->result);
    stunt_show_finished(run->show, index, outcome->result);
    run->result[index] = g_steal_pointer(&outcome->result);
}

/* ---- reports ------------------------------------------------------------------------------------- */

static GPtrArray *results_in_order(const Run *run)
{
    GPtrArray *results = g_ptr_array_new();

    for (guint i = 0; i < run->scenario->len; i++) {
        if (run->result[i]) {
            g_ptr_array_add(results, run->result[i]);
        }
    }
    return results;
}

static gboolean write_report(const GPtrArray *results, const char *format, const char *file)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *text = NULL;

    if (!file) {
        return TRUE;
    }
    text = stunt_report_format(format)(results);
    if (!stunt_report_write(file, text, strlen(text), &error)) {
        fprintf(stderr, "stunt: %s\n", error->message);
        return FALSE;
    }
    return TRUE;
}

static gboolean write_reports(const Run *run)
{
    g_autoptr(GPtrArray) results = results_in_order(run);
    gboolean good = write_report(results, "json", run->options->json);

    good &= write_report(results, "junit", run->options->junit);
    good &= write_report(results, "ktap", run->options->ktap ? "-" : NULL);
    return good;
}

static gboolean set_latest(const Run *run)
{
    g_autoptr(GError) error = NULL;

    if (!run->folder || stunt_results_set_latest(run->root, run->folder, &error)) {
        return TRUE;
    }
    fprintf(stderr, "stunt: %s\n", error->message);
    return FALSE;
}

/* ---- what to run --------------------------------------------------------------------------------- */

/* A glob when it has a star, question mark or bracket, else a part of the name. */
static gboolean passes(const char *filter, const char *name)
{
    return strpbrk(filter, "*?[") ? g_pattern_match_simple(filter, name) : strstr(name, filter) != NULL;
}

static GPtrArray *select_scenarios(const StuntSetup *setup, char **words, const char *filter, GError **error)
{
    g_autoptr(GPtrArray) all = stunt_catalog_select(setup->scenarios, (const char *const *)words, error);

    for (guint i = 0; all && filter && i < all->len;) {
        if (passes(filter, ((StuntScenarioFile *)all->pdata[i])->name)) {
            i++;
        } else {
            g_ptr_array_remove_index(all, i);
        }
    }
    if (all && !all->len) {
        g_set_error(error, STUNT_ERROR, STUNT_ERROR_INPUT, "no scenario%s%s%s",
                    filter ? " matches '" : " in ", filter ? filter : setup->scenarios, filter ? "'" : "");
        return NULL;
    }
    return g_steal_pointer(&all);
}

static gboolean check_names(const StuntSetup *setup, const Options *options, GError **error)
{
    g_autoptr(StuntKernel) kernel =
        options->kernel ? stunt_setup_find_kernel(setup, options->kernel, error) : NULL;

    return (kernel || !options->kernel) &&
           (!options->bug || stunt_setup_find_bug(setup, options->bug, error));
}

/* What any scenario's machine lacks is told before one runs, and so is a rule that its device can never have. */
static gboolean check_plan(const Run *run, const StuntBench *bench, GError **error)
{
    g_autoptr(StuntPlan) plan = stunt_plan_parse(run->plan.name, run->plan.text, error);
    const char *lacks = NULL;

    for (guint i = 0; plan && i < run->scenario->len; i++) {
        const StuntScenarioFile *file = run->scenario->pdata[i];
        g_autoptr(StuntScenario) scenario =
            stunt_scenario_load(bench->setup, bench->spec, file->name, file->file, NULL);
        const char *missing = scenario ? stunt_plan_lacks(plan, scenario->device) : NULL;

        if (scenario && !missing) {
            return stunt_plan_check(plan, scenario->device, bench->spec, error);
        }
        lacks = missing ? missing : lacks;
    }
    if (plan && lacks) {
        g_set_error(error, STUNT_ERROR, STUNT_ERROR_INPUT, "%s: no machine of these scenarios has a device '%s'",
                    run->plan.name, lacks);
    }
    return plan && !lacks;
}

static gboolean read_plan(Run *run, const StuntBench *bench, GError **error)
{
    GError *cause = NULL;
    char *text = NULL;

    if (!run->options->plan) {
        return TRUE;
    }
    if (!g_file_get_contents(run->options->plan, &text, NULL, &cause)) {
        g_set_error(error, STUNT_ERROR, STUNT_ERROR_INPUT, "--plan: %s", cause->message);
        g_error_free(cause);
        return FALSE;
    }
    run->plan = (StuntJobPlan){ run->options->plan, text };
    return check_plan(run, bench, error);
}

/* ---- running ------------------------------------------------------------------------------------- */

static int run_all(Run *run, const StuntBench *bench)
{
    const Options *options = run->options;
    g_autofree const char **bugs = g_new(const char *, run->scenario->len);
    g_autofree StuntJobPlan *plans = g_new(StuntJobPlan, run->scenario->len);
    StuntJobs jobs = {
        .setup = bench->setup,
        .spec = bench->spec,
        .scenario = run->scenario,
        .bug = bugs,
        .plan = plans,
        .kernel = options->kernel,
        .iommu = options->iommu_switch,
        .console = options->console,
        .dump = options->dump,
        .seed = (guint64)options->seed,
        .jobs = options->jobs ? (guint)options->jobs : g_get_num_processors(),
        .start = options->start_kind,
        .verify_resets = (guint)options->verify_resets,
        .started = on_started,
        .progress = on_progress,
        .finished = on_finished,
        .data = run,
    };
    gboolean to_stdout =
        options->ktap || g_strcmp0(options->json, "-") == 0 || g_strcmp0(options->junit, "-") == 0;
    gboolean good;
    int number;

    for (guint i = 0; i < run->scenario->len; i++) {
        bugs[i] = options->bug;
        plans[i] = run->plan;
    }
    run->root = options->results ? g_canonicalize_filename(options->results, NULL) : stunt_results_root();
    run->began = g_date_time_new_now_local();
    run->show = stunt_show_new(to_stdout ? stderr : stdout, run->scenario);
    stunt_show_wanted_start(run->show, options->start);
    run->result = g_new0(StuntResult *, run->scenario->len);
    number = stunt_jobs_run(&jobs);
    good = write_reports(run) & set_latest(run) & !run->save_failed;
    if (number) {
        fprintf(stderr, "stunt: ended by signal %d, %u of %u scenarios were run\n", number,
                run->tally.passed + run->tally.failed + run->tally.skipped, run->scenario->len);
    }
    stunt_show_summary(run->show, &run->tally, run->folder);
    if (number) {
        return STUNT_EXIT_SIGNAL + number;
    }
    return good || run->tally.any_fail ? stunt_tally_exit_code(&run->tally) : STUNT_EXIT_BROKEN;
}

static void run_clear(Run *run)
{
    stunt_show_free(run->show);
    for (guint i = 0; run->result && i < run->scenario->len; i++) {
        stunt_result_free(run->result[i]);
    }
    g_free(run->result);
    g_clear_pointer(&run->began, g_date_time_unref);
    g_free((char *)run->plan.text);
    g_free(run->root);
    g_free(run->folder);
    g_ptr_array_unref(run->scenario);
}

/* The message is complete for a usage error. */
static gboolean check_options(Options *options, GError **error)
{
    options->start_kind = STUNT_DEFAULT_START;
    if (options->jobs < 0 || options->seed < 0) {
        g_set_error(error, STUNT_ERROR, STUNT_ERROR_INPUT,
                    "--jobs and --seed take numbers that are not negative");
        return FALSE;
    }
    if (options->verify_resets < 0) {
        g_set_error(error, STUNT_ERROR, STUNT_ERROR_INPUT,
                    "--verify-resets takes a number that is not negative; with 0 nothing is compared");
        return FALSE;
    }
    if (options->iommu && (!*options->iommu || !stunt_switch_parse(options->iommu, &options->iommu_switch))) {
        g_set_error(error, STUNT_ERROR, STUNT_ERROR_INPUT, "--iommu is 'on' or 'off', not '%s'",
                    options->iommu);
        return FALSE;
    }
    if (options->start && !stunt_start_kind_parse(options->start, &options->start_kind, error)) {
        g_prefix_error(error, "--start: ");
        return FALSE;
    }
    return TRUE;
}

static int run_with(const Options *options, char **words, const char *config)
{
    g_auto(StuntBench) bench = { 0 };
    Run run = { .options = options };
    GError *error = NULL;
    int status;

    if (!stunt_bench_open(&bench, config, &error) || !check_names(bench.setup, options, &error)) {
        return stunt_cli_fail(error);
    }
    run.scenario = select_scenarios(bench.setup, words, options->filter, &error);
    if (!run.scenario) {
        return stunt_cli_fail(error);
    }
    if (!read_plan(&run, &bench, &error)) {
        run_clear(&run);
        return stunt_cli_fail(error);
    }
    if (options->console && run.scenario->len > 1) {
        run_clear(&run);
        return stunt_cli_usage("run", "--console is for one scenario at a time");
    }
    status = run_all(&run, &bench);
    run_clear(&run);
    return status;
}

static int run(int argc, char **argv, const char *config)
{
    static Options options = { .seed = DEFAULT_SEED, .verify_resets = STUNT_DEFAULT_VERIFY_RESETS };
    const GOptionEntry entries[] = {
        /* what they set lives as long as the process */
        { "seed", 0, 0, G_OPTION_ARG_INT64, &options.seed, "seed of all randomness (1)", "N" },
        { "jobs", 'j', 0, G_OPTION_ARG_INT, &options.jobs, "how many at once (number of cores)", "N" },
        { "filter", 0, 0, G_OPTION_ARG_FILENAME, &options.filter, "only names with TEXT, a glob", "TEXT" },
        { "kernel", 0, 0, G_OPTION_ARG_FILENAME, &options.kernel, "guest kernel: name, or bzImage", "NAME" },
        { "iommu", 0, 0, G_OPTION_ARG_STRING, &options.iommu, "on or off, where scenarios leave it open", "WORD" },
        { "bug", 0, 0, G_OPTION_ARG_STRING, &options.bug, "on the variant of the driver with this bug", "NAME" },
        { "plan", 0, 0, G_OPTION_ARG_FILENAME, &options.plan, "fault rules beside the scenarios' own (TOML)", "FILE" },
        { "junit", 0, 0, G_OPTION_ARG_FILENAME, &options.junit, "write JUnit XML", "FILE" },
        { "json", 0, 0, G_OPTION_ARG_FILENAME, &options.json, "write JSON; - is stdout", "FILE" },
        { "ktap", 0, 0, G_OPTION_ARG_NONE, &options.ktap, "write KTAP to stdout", NULL },
        { "console", 0, 0, G_OPTION_ARG_FILENAME, &options.console,
          "one guest's serial console, to read along", "FILE" },
        { "dump", 0, 0, G_OPTION_ARG_FILENAME, &options.dump, "keep the memory of guests that hang or panic", "DIR" },
        { "start", 0, 0, G_OPTION_ARG_STRING, &options.start, "boot, strict or turbo (turbo)", "KIND" },
        { "verify-resets", 0, 0, G_OPTION_ARG_INT, &options.verify_resets,
          "compare all state every N turbo starts (64)", "N" },
        { "results", 0, 0, G_OPTION_ARG_FILENAME, &options.results, "folder that keeps results", "DIR" },
        G_OPTION_ENTRY_NULL,
    };
    g_autoptr(GError) error = NULL;
    int status;

    if (!stunt_cli_options(&argc, &argv, "[PATH|NAME …]",
                           "Runs scenarios, all of them without a name. The last line counts.", entries,
                           &config, &status)) {
        return status;
    }
    if (!check_options(&options, &error)) {
        return stunt_cli_usage("run", "%s", error->message);
    }
    return run_with(&options, argv + 1, config);
}

const StuntCliCommand stunt_command_run = { "run", "run scenarios", run };
