/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Thousands of resets: scenarios in random order on machines that are kept warm, each many times and out of
 * whatever state the one before left its machine in. Every run must be what a strict start of the same
 * scenario and seed gives, in verdict, event log and kernel log, and neither memory nor descriptors may grow.
 */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "stunt/scenario.h"
#include "soak-growth.h"

#define VERIFY_EVERY 16 /* rewinds: all state is compared */
#define LOOK_EVERY   20 /* runs: at memory and descriptors */
#define TELL_TIMES   20

static int resets = 200, n_seeds = 2;
static gint64 order_seed = 1;

/* One scenario with one seed, and what comes of it when it starts strictly. */
typedef struct {
    const StuntScenarioFile *file;
    guint64 seed;
    char *outcome;
    GBytes *events, *kernel_log;
} Case;

typedef struct {
    StuntSetup *setup;
    StuntSpec *spec;
    StuntStarter *starter;
    GPtrArray *file; /* StuntScenarioFile * */
    Case *item;
    guint n_items;
    guint runs;
    Growth *growth;
} Soak;

/* ---- one run ------------------------------------------------------------------------------------- */

typedef struct {
    StuntResult *result;
    char *outcome;
    GBytes *events, *kernel_log;
} Outcome;

static void outcome_clear(Outcome *run)
{
    g_clear_pointer(&run->result, stunt_result_free);
    g_clear_pointer(&run->outcome, g_free);
    g_clear_pointer(&run->events, g_bytes_unref);
    g_clear_pointer(&run->kernel_log, g_bytes_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Outcome, outcome_clear)

/* What must be the same each time: the whole result, without wall time and the kind of start. */
static char *describe(const StuntResult *result)
{
    g_autoptr(JsonNode) json = stunt_result_to_full_json(result);
    JsonObject *object = json_node_get_object(json);

    json_object_remove_member(object, "wall_ms");
    json_object_remove_member(object, "start");
    return stunt_json_to_text(json);
}

static Outcome run_case(const Soak *soak, const Case *item, StuntStartKind start)
{
    StuntRunRequest request = {
        .setup = soak->setup,
        .spec = soak->spec,
        .name = item->file->name,
        .file = item->file->file,
        .starter = soak->starter,
        .start = start,
        .seed = item->seed,
    };
    Outcome run = {0};

    run.result = stunt_scenario_run(&request, &run.events, &run.kernel_log);
    run.outcome = describe(run.result);
    return run;
}

/* ---- comparing ----------------------------------------------------------------------------------- */

static char *text_of(GBytes *bytes)
{
    gsize len;
    const char *data = g_bytes_get_data(bytes, &len);

    return g_strndup(len ? data : "", len);
}

static void show_difference(const char *what, const char *expected, const char *found)
{
    g_auto(GStrv) want = g_strsplit(expected, "\n", -1), got = g_strsplit(found, "\n", -1);
    guint line = 0;

    while (want[line] && got[line] && g_str_equal(want[line], got[line])) {
        line++;
    }
    printf("another %s, line %u:\n  strict: %s\n  now:    %s\n", what, line + 1,
           want[line] ? want[line] : "(end)", got[line] ? got[line] : "(end)");
}

static gboolean same_bytes(const char *what, GBytes *expected, GBytes *found)
{
    g_autofree char *want = NULL, *got = NULL;

    if (g_bytes_equal(expected, found)) {
        return TRUE;
    }
    want = text_of(expected);
    got = text_of(found);
    show_difference(what, want, got);
    return FALSE;
}

static gboolean is_same(const Case *item, const Outcome *run)
{
    gboolean outcome = g_str_equal(item->outcome, run->outcome);

    if (!outcome) {
        show_difference("result", item->outcome, run->outcome);
    }
    return same_bytes("event log", item->events, run->events) &
           same_bytes("kernel log", item->kernel_log, run->kernel_log) & outcome;
}

/* Starts strictly: what the other runs of it are held against. Each scenario passes as it declares. */
static gboolean learn(const Soak *soak, Case *item)
{
    g_auto(Outcome) run = run_case(soak, item, STUNT_START_STRICT);

    if (run.result->status != STUNT_PASS || !g_str_equal(run.result->start, "strict")) {
        printf("%s with seed %" G_GUINT64_FORMAT ", start %s (%s): %s %s\n%s\n", item->file->name, item->seed,
               run.result->start, run.result->start_note, stunt_status_name(run.result->status),
               run.result->reason, run.result->detail);
        return FALSE;
    }
    item->outcome = g_steal_pointer(&run.outcome);
    item->events = g_steal_pointer(&run.events);
    item->kernel_log = g_steal_pointer(&run.kernel_log);
    return TRUE;
}

/* Once again, in a machine put back from where another run has left it. */
static gboolean repeat(Soak *soak, const Case *item)
{
    g_auto(Outcome) run = run_case(soak, item, STUNT_START_TURBO);

    soak->runs++;
    if (is_same(item, &run)) {
        return TRUE;
    }
    printf("%s with seed %" G_GUINT64_FORMAT ", reset %u, start %s\n", item->file->name, item->seed,
           soak->runs, run.result->start);
    return FALSE;
}

/* ---- all of them --------------------------------------------------------------------------------- */

static void progress(const Soak *soak, gint64 start_us)
{
    g_autofree char *growth = growth_text(soak->growth);
    double s = (g_get_monotonic_time() - start_us) / 1e6;

    printf("%u of %d resets in %.0f s (%.0f a second)\n%s", soak->runs, resets, s, soak->runs / s, growth);
    fflush(stdout);
}

static gboolean learn_all(const Soak *soak)
{
    for (guint i = 0; i < soak->n_items; i++) {
        if (!learn(soak, &soak->item[i])) {
            return FALSE;
        }
    }
    printf("%u runs started strictly\n", soak->n_items);
    fflush(stdout);
    return TRUE;
}

static gboolean repeat_all(Soak *soak)
{
    g_autoptr(GRand) rand = g_rand_new_with_seed((guint32)order_seed);
    gint64 start_us = g_get_monotonic_time();

    while (soak->runs < (guint)resets) {
        if (!repeat(soak, &soak->item[g_rand_int_range(rand, 0, (gint32)soak->n_items)]) ||
            (soak->runs % LOOK_EVERY == 0 && !growth_look(soak->growth))) {
            return FALSE;
        }
        if (soak->runs % MAX((guint)resets / TELL_TIMES, 1) == 0) {
            progress(soak, start_us);
        }
    }
    return TRUE;
}

/* A soak too short for an answer is none. */
static gboolean go(Soak *soak)
{
    if (!learn_all(soak) || !repeat_all(soak)) {
        return FALSE;
    }
    printf("the same each time; %u machines in all\n", growth_machines(soak->growth));
    if (!growth_was_measured(soak->growth)) {
        printf("too few resets to see whether anything grows\n");
        return FALSE;
    }
    return TRUE;
}

static gboolean parse(int *argc, char ***argv, GError **error)
{
    const GOptionEntry entries[] = {
        {"resets", 0, 0, G_OPTION_ARG_INT, &resets, "How many runs that start in a machine put back", "N"},
        {"seeds", 0, 0, G_OPTION_ARG_INT, &n_seeds, "How many seeds each scenario runs with", "N"},
        {"order", 0, 0, G_OPTION_ARG_INT64, &order_seed, "Seed of the order", "SEED"},
        G_OPTION_ENTRY_NULL,
    };
    g_autoptr(GOptionContext) context = g_option_context_new("FOLDER");

    g_option_context_add_main_entries(context, entries, NULL);
    return g_option_context_parse(context, argc, argv, error);
}

static gboolean set_up(Soak *soak, const char *folder, GError **error)
{
    soak->setup = stunt_setup_load(NULL, error);
    soak->spec = soak->setup ? stunt_spec_load(soak->setup->spec, error) : NULL;
    soak->file = soak->spec ? stunt_catalog_all(folder, error) : NULL;
    if (!soak->file) {
        return FALSE;
    }
    soak->n_items = soak->file->len * (guint)n_seeds;
    soak->item = g_new0(Case, soak->n_items);
    for (guint i = 0; i < soak->n_items; i++) {
        soak->item[i].file = soak->file->pdata[i % soak->file->len];
        soak->item[i].seed = i / soak->file->len;
    }
    soak->starter = stunt_starter_new(&(StuntStarterOptions){.verify_every = VERIFY_EVERY});
    soak->growth = growth_new();
    return TRUE;
}

static void clear(Soak *soak)
{
    for (guint i = 0; i < soak->n_items; i++) {
        g_free(soak->item[i].outcome);
        g_clear_pointer(&soak->item[i].events, g_bytes_unref);
        g_clear_pointer(&soak->item[i].kernel_log, g_bytes_unref);
    }
    g_free(soak->item);
    growth_free(soak->growth);
    stunt_starter_free(soak->starter);
    g_clear_pointer(&soak->file, g_ptr_array_unref);
    g_clear_pointer(&soak->spec, stunt_spec_free);
    g_clear_pointer(&soak->setup, stunt_setup_free);
}

int main(int argc, char **argv)
{
    Soak soak = {0};
    g_autoptr(GError) error = NULL;
    gboolean ok = FALSE;

    if (!parse(&argc, &argv, &error) || !set_up(&soak, argc > 1 ? argv[1] : ".", &error)) {
        printf("%s\n", error->message);
    } else {
        printf("%u scenarios, %d seeds each; the order again: --order %" G_GINT64_FORMAT "\n", soak.file->len,
               n_seeds, order_seed);
        ok = go(&soak);
    }
    clear(&soak);
    return !ok;
}
