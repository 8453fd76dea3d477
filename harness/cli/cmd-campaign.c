/* SPDX-License-Identifier: GPL-2.0-or-later */
/* stunt campaign: scenarios under random plans of faults; what became of each run, counted. */
#include <errno.h>
#include <glib/gstdio.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "jobs.h"
#include "json-table.h"
#include "lib/plan/plan.h"
#include "logs.h"
#include "outcome.h"
#include "random-plan.h"
#include "stunt/error.h"
#include "stunt/report.h"

#define DEFAULT_PLANS 100
#define DEFAULT_RULES 3
#define RULES_MAX     16
#define DEFAULT_WORDS "campaign" /* the folder of scenarios made for this */
#define SHORT_LEN     100        /* characters of a reason */

typedef struct {
    gint64 seed, only;
    int plans, rules, jobs;
    gboolean verify;
    char *json, *results, *kernel;
} Options;

/* One plan on one scenario. */
typedef struct {
    const StuntScenarioFile *scenario;
    guint64 seed; /* of plan and run */
    char *plan, *file; /* its text; where that was written */
    StuntResult *result; /* NULL: not run */
    StuntOutcomeKind outcome;
    char *digest;  /* of the log from the scenario's start on */
    char *differs; /* how the second run did, or NULL */
} Try;

typedef struct {
    const Options *options;
    StuntBench bench;
    GPtrArray *file; /* StuntScenarioFile * */
    GPtrArray *tries; /* Try * */
    GDateTime *began;
    char *folder; /* of results; NULL until the plans are written */
    gboolean again; /* the second pass runs */
    guint done;
    gboolean terminal;
} Campaign;

static void try_free(gpointer data)
{
    Try *one = data;

    g_free(one->plan);
    g_free(one->file);
    g_free(one->digest);
    g_free(one->differs);
    stunt_result_free(one->result);
    g_free(one);
}

/* ---- the plans ----------------------------------------------------------------------------------- */

static gboolean add_try(Campaign *campaign, const StuntScenarioFile *file, const GPtrArray *devices, guint64 seed,
                        GError **error)
{
    g_autofree char *plan = stunt_random_plan(seed, (guint)campaign->options->rules, devices);
    Try *one;

    if (!plan) {
        g_set_error(error, STUNT_ERROR, STUNT_ERROR_INPUT, "%s: its machine has no device that faults are known of",
                    file->name);
        return FALSE;
    }
    one = g_new0(Try, 1);
    one->scenario = file;
    one->seed = seed;
    one->plan = g_steal_pointer(&plan);
    g_ptr_array_add(campaign->tries, one);
    return TRUE;
}

/* Plan number i has the seed --seed + i, whatever the others are: one can be made again alone. */
static gboolean make_plans(Campaign *campaign, char **words, GError **error)
{
    static const char *const by_default[] = { DEFAULT_WORDS, NULL };
    const Options *options = campaign->options;
    const StuntSetup *setup = campaign->bench.setup;
    guint64 first = (guint64)(options->only >= 0 ? options->only : options->seed);
    guint n = options->only >= 0 ? 1 : (guint)options->plans;

    campaign->tries = g_ptr_array_new_with_free_func(try_free);
    campaign->file = stunt_catalog_select(setup->scenarios, words[0] ? (const char *const *)words : by_default, error);
    for (guint k = 0; campaign->file && k < campaign->file->len; k++) {
        const StuntScenarioFile *file = campaign->file->pdata[k];
        g_autoptr(StuntScenario) scenario =
            stunt_scenario_load(setup, campaign->bench.spec, file->name, file->file, error);

        for (guint i = 0; scenario && i < n; i++) {
            if (!add_try(campaign, file, scenario->device, first + i, error)) {
                return FALSE;
            }
        }
        if (!scenario) {
            return FALSE;
        }
    }
    return campaign->file != NULL;
}

/* For the reproducers. */
static gboolean write_plans(Campaign *campaign, GError **error)
{
    g_autofree char *root = campaign->options->results ? g_canonicalize_filename(campaign->options->results, NULL)
                                                       : stunt_results_root();

    g_autofree char *plans = NULL;

    campaign->folder = stunt_results_new_run(root, (guint64)campaign->options->seed, campaign->began, error);
    plans = campaign->folder ? g_build_filename(campaign->folder, "plans", NULL) : NULL;
    if (plans && g_mkdir(plans, 0755) < 0) {
        g_set_error(error, STUNT_ERROR, STUNT_ERROR_FAILED, "%s: %s", plans, g_strerror(errno));
        return FALSE;
    }
    for (guint i = 0; campaign->folder && i < campaign->tries->len; i++) {
        Try *one = campaign->tries->pdata[i];
        g_autofree char *name = g_strdup_printf("%s-%" G_GUINT64_FORMAT ".toml", one->scenario->name, one->seed);

        one->file = g_build_filename(plans, g_strdelimit(name, "/", '-'), NULL);
        if (!stunt_report_write(one->file, one->plan, strlen(one->plan), error)) {
            return FALSE;
        }
    }
    return campaign->folder != NULL;
}

/* ---- running ------------------------------------------------------------------------------------- */

/* The scenario's own part of the log, without what its machine did before. Free with g_free. */
static char *log_text(GBytes *log)
{
    gsize len = 0;
    const char *data = log ? g_bytes_get_data(log, &len) : NULL;
    g_autofree char *text = g_strndup(data ? data : "", len);
    const char *start = stunt_log_start(text);

    return start ? g_strdup(start) : g_steal_pointer(&text);
}

static void show_progress(const Campaign *campaign)
{
    guint counts[STUNT_N_OUTCOMES] = { 0 };

    if (!campaign->terminal) {
        return;
    }
    for (guint i = 0; i < campaign->tries->len; i++) {
        const Try *one = campaign->tries->pdata[i];

        counts[one->outcome] += one->result != NULL;
    }
    fprintf(stderr, "\r\033[K%s%u of %u", campaign->again ? "again: " : "", campaign->done, campaign->tries->len);
    for (guint i = 0; i < STUNT_N_OUTCOMES; i++) {
        if (counts[i]) {
            fprintf(stderr, "  %s %u", stunt_outcome_name(i), counts[i]);
        }
    }
    fflush(stderr);
}

static void first_ended(Try *one, StuntOutcome *outcome)
{
    g_autofree char *log = log_text(outcome->logs.events);

    one->digest = g_compute_checksum_for_string(G_CHECKSUM_SHA256, log, -1);
    one->outcome = stunt_outcome_of(outcome->result, log);
    one->result = g_steal_pointer(&outcome->result);
}

static void second_ended(Try *one, StuntOutcome *outcome)
{
    g_autofree char *log = log_text(outcome->logs.events);
    g_autofree char *digest = g_compute_checksum_for_string(G_CHECKSUM_SHA256, log, -1);

    if (outcome->result->status != one->result->status || g_strcmp0(outcome->result->reason, one->result->reason) != 0) {
        one->differs = g_strdup_printf("once %s, once %s: %s", stunt_status_name(one->result->status),
                                       stunt_status_name(outcome->result->status), outcome->result->reason);
    } else if (!g_str_equal(digest, one->digest)) {
        one->differs = g_strdup("the event logs of two runs differ");
    }
    if (one->differs) {
        one->outcome = STUNT_SIMULATOR_FAULT;
    }
}

/* The logs of what did not come out well; the rest is told by its plan alone. */
static void keep(const Campaign *campaign, const Try *one, StuntOutcome *outcome)
{
    g_autofree char *folder = g_strdup_printf("%s/%" G_GUINT64_FORMAT, campaign->folder, one->seed);
    g_autoptr(GError) error = NULL;

    if (!stunt_results_save(folder, outcome->result, &outcome->logs, &error)) {
        fprintf(stderr, "stunt: %s\n", error->message);
    }
}

static void on_finished(guint index, StuntOutcome *outcome, gpointer data)
{
    Campaign *campaign = data;
    Try *one = campaign->tries->pdata[index];

    if (campaign->again) {
        second_ended(one, outcome);
    } else {
        if (outcome->result->status != STUNT_PASS) {
            keep(campaign, one, outcome);
        }
        first_ended(one, outcome);
    }
    campaign->done++;
    show_progress(campaign);
}

/* Returns the number of the signal that ended it, or 0. */
static int run_tries(Campaign *campaign, StuntStartKind start)
{
    const Options *options = campaign->options;
    guint n = campaign->tries->len;
    g_autoptr(GPtrArray) files = g_ptr_array_new();
    g_autofree StuntJobPlan *plans = g_new0(StuntJobPlan, n);
    g_autofree guint64 *seeds = g_new0(guint64, n);
    StuntJobs jobs = {
        .setup = campaign->bench.setup,
        .spec = campaign->bench.spec,
        .scenario = files,
        .plan = plans,
        .seeds = seeds,
        .kernel = options->kernel,
        .jobs = options->jobs ? (guint)options->jobs : g_get_num_processors(),
        .start = start,
        .verify_resets = STUNT_DEFAULT_VERIFY_RESETS,
        .finished = on_finished,
        .data = campaign,
    };
    int number;

    for (guint i = 0; i < n; i++) {
        const Try *one = campaign->tries->pdata[i];

        g_ptr_array_add(files, (gpointer)one->scenario);
        plans[i] = (StuntJobPlan){ one->file, one->plan };
        seeds[i] = one->seed;
    }
    campaign->done = 0;
    number = stunt_jobs_run(&jobs);
    if (campaign->terminal) {
        fputs("\r\033[K", stderr);
    }
    return number;
}

/* ---- what is told -------------------------------------------------------------------------------- */

static char *reproducer(const Try *one)
{
    return g_strdup_printf("stunt run %s --plan %s --seed %" G_GUINT64_FORMAT, one->scenario->name, one->file, one->seed);
}

static void print_try(const Try *one)
{
    const char *reason = one->differs ? one->differs : one->result->reason;
    gboolean whole = g_utf8_strlen(reason, -1) <= SHORT_LEN;
    g_autofree char *shown = whole ? g_strdup(reason) : g_utf8_substring(reason, 0, SHORT_LEN);
    g_autofree char *line = reproducer(one);

    printf("%-15s  %s%s%s  %s\n", stunt_outcome_name(one->outcome), shown, whole ? "" : "…", *shown ? "\n                " : "",
           line);
}

/* What came out well is counted, and no more. */
static gboolean is_worth_telling(StuntOutcomeKind kind)
{
    return kind != STUNT_NOT_ACTIVATED && kind != STUNT_MASKED && kind != STUNT_RECOVERED;
}

/* Returns how many runs broke the bench. */
static guint print_table(const Campaign *campaign)
{
    guint counts[STUNT_N_OUTCOMES] = { 0 }, runs = 0;

    for (guint i = 0; i < campaign->tries->len; i++) {
        const Try *one = campaign->tries->pdata[i];

        if (one->result) {
            counts[one->outcome]++;
            runs++;
        }
        if (one->result && (is_worth_telling(one->outcome) || campaign->options->only >= 0)) {
            print_try(one);
        }
    }
    printf("\n");
    for (guint i = 0; i < STUNT_N_OUTCOMES; i++) {
        printf("%-15s %6u  %5.1f %%  %s\n", stunt_outcome_name(i), counts[i], runs ? counts[i] * 100.0 / runs : 0.0,
               stunt_outcome_doc(i));
    }
    printf("%u of %u runs; plans in %s\n", runs, campaign->tries->len, campaign->folder);
    return counts[STUNT_SIMULATOR_FAULT];
}

/* ---- JSON ---------------------------------------------------------------------------------------- */

static void put_try(JsonBuilder *builder, const Try *one)
{
    g_autoptr(JsonNode) result = stunt_result_to_json(one->result);
    JsonObject *object = json_node_get_object(result);
    g_autofree char *line = reproducer(one);

    json_builder_begin_object(builder);
    stunt_json_table_put(builder, "scenario", one->scenario->name);
    json_builder_set_member_name(builder, "seed");
    json_builder_add_int_value(builder, (gint64)one->seed);
    stunt_json_table_put(builder, "outcome", stunt_outcome_name(one->outcome));
    stunt_json_table_put(builder, "status", stunt_status_name(one->result->status));
    stunt_json_table_put(builder, "reason", one->differs ? one->differs : one->result->reason);
    json_builder_set_member_name(builder, "rules");
    json_builder_add_value(builder, json_node_copy(json_object_get_member(object, "rules")));
    json_builder_set_member_name(builder, "virtual_ns");
    json_builder_add_int_value(builder, (gint64)one->result->virtual_ns);
    stunt_json_table_put(builder, "events_sha256", one->digest);
    stunt_json_table_put(builder, "reproduce", line);
    json_builder_end_object(builder);
}

static gboolean write_json(const Campaign *campaign)
{
    g_autoptr(JsonBuilder) builder = stunt_json_table_new("runs");

    for (guint i = 0; i < campaign->tries->len; i++) {
        const Try *one = campaign->tries->pdata[i];

        if (one->result) {
            put_try(builder, one);
        }
    }
    return stunt_json_table_write(builder, campaign->options->json);
}

/* ---- the command --------------------------------------------------------------------------------- */

static int run_campaign(Campaign *campaign)
{
    int number = run_tries(campaign, STUNT_DEFAULT_START);
    guint broken;

    if (!number && campaign->options->verify) {
        campaign->again = TRUE;
        number = run_tries(campaign, STUNT_START_STRICT);
    }
    broken = print_table(campaign);
    if (campaign->options->json && !write_json(campaign)) {
        return STUNT_EXIT_BROKEN;
    }
    if (number) {
        return stunt_cli_ended_by(number);
    }
    return broken ? STUNT_EXIT_BROKEN : STUNT_EXIT_OK;
}

static int run_with(const Options *options, char **words, const char *config)
{
    Campaign campaign = { .options = options, .terminal = isatty(STDERR_FILENO) };
    GError *error = NULL;
    int status;

    campaign.began = g_date_time_new_now_local();
    if (!stunt_bench_open(&campaign.bench, config, &error) ||
        !stunt_bench_check_kernel(&campaign.bench, options->kernel, &error) || !make_plans(&campaign, words, &error) ||
        !write_plans(&campaign, &error)) {
        status = stunt_cli_fail(error);
    } else {
        status = run_campaign(&campaign);
    }
    g_clear_pointer(&campaign.tries, g_ptr_array_unref);
    g_clear_pointer(&campaign.file, g_ptr_array_unref);
    g_date_time_unref(campaign.began);
    g_free(campaign.folder);
    stunt_bench_close(&campaign.bench);
    return status;
}

static int run(int argc, char **argv, const char *config)
{
    static Options options = { .seed = 1, .only = -1, .plans = DEFAULT_PLANS, .rules = DEFAULT_RULES };
    const GOptionEntry entries[] = {
        /* what they set lives as long as the process */
        { "plans", 0, 0, G_OPTION_ARG_INT, &options.plans, "how many random plans (100)", "N" },
        { "seed", 0, 0, G_OPTION_ARG_INT64, &options.seed, "seed of the first plan and its run (1)", "N" },
        { "rules", 0, 0, G_OPTION_ARG_INT, &options.rules, "rules in each plan (3)", "N" },
        { "only", 0, 0, G_OPTION_ARG_INT64, &options.only, "the one plan with this seed", "SEED" },
        { "verify", 0, 0, G_OPTION_ARG_NONE, &options.verify, "run all again, strictly, and compare", NULL },
        { "json", 0, 0, G_OPTION_ARG_FILENAME, &options.json, "write every run as JSON", "FILE" },
        { "kernel", 0, 0, G_OPTION_ARG_FILENAME, &options.kernel, "guest kernel: name, or bzImage", "NAME" },
        { "jobs", 'j', 0, G_OPTION_ARG_INT, &options.jobs, "how many at once (number of cores)", "N" },
        { "results", 0, 0, G_OPTION_ARG_FILENAME, &options.results, "folder that keeps results", "DIR" },
        G_OPTION_ENTRY_NULL,
    };
    int status;

    if (!stunt_cli_options(&argc, &argv, "[PATH|NAME …]",
                           "Runs scenarios, those in 'campaign' by default, under random plans of faults,\n"
                           "and counts what became of each run. A FAIL is an outcome here; exit status 2\n"
                           "when the bench broke.",
                           entries, &config, &status)) {
        return status;
    }
    if (options.plans < 1 || options.rules < 1 || options.rules > RULES_MAX) {
        return stunt_cli_usage("campaign", "--plans takes a number from 1, --rules one from 1 to %d", RULES_MAX);
    }
    if (options.seed < 0 || options.jobs < 0) {
        return stunt_cli_usage("campaign", "--jobs and --seed take numbers that are not negative");
    }
    return run_with(&options, argv + 1, config);
}

const StuntCliCommand stunt_command_campaign = { "campaign", "count what random faults do to a driver", run };
