/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The queue of scenarios: which worker runs which, and what becomes of what it left. */
#include <glib-unix.h>
#include <signal.h>

#include "assign.h"
#include "jobs.h"
#include "pool.h"
#include "retry.h"

#define BACKSTOP_MS 180000 /* without a sign of life; well above the wall time that the worker itself allows, unless the host is busy */

typedef struct Queue Queue;

/* Where one worker after another works: mostly the same for the whole run, another one when that dies. */
typedef struct {
    Queue *queue;
    StuntWorker *worker; /* NULL: none lives */
    gboolean busy;       /* with this: */
    guint index;
    StuntCollect collect;
    StuntTries tries;
    StuntStartKind start;
    guint definition; /* of the last job, 0: none or unknown */
} Slot;

struct Queue {
    const StuntJobs *jobs;
    StuntWorkerOptions options;
    GMainLoop *loop;
    guint *definition; /* number of each scenario's; 0: unknown */
    gboolean *realtime;
    GArray *waiting; /* guint: index of a scenario */
    Slot *slot;
    int signal;
};

static const StuntScenarioFile *scenario_of(const Slot *slot)
{
    return slot->queue->jobs->scenario->pdata[slot->index];
}

static const char *bug_of(const StuntJobs *jobs, guint index)
{
    return jobs->bug ? jobs->bug[index] : NULL;
}

static guint64 seed_of(const StuntJobs *jobs, guint index)
{
    return jobs->seeds ? jobs->seeds[index] : jobs->seed;
}

/* ---- definitions --------------------------------------------------------------------------------- */

/* A file that does not load is a job like any other: its worker tells the error. */
static void read_declarations(Queue *queue)
{
    const StuntJobs *jobs = queue->jobs;
    g_autoptr(GHashTable) numbers = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);

    for (guint i = 0; jobs->spec && i < jobs->scenario->len; i++) {
        const StuntScenarioFile *file = jobs->scenario->pdata[i];
        g_autoptr(StuntScenario) scenario =
            stunt_scenario_load(jobs->setup, jobs->spec, file->name, file->file, NULL);
        g_autofree char *text = scenario ? stunt_assign_definition(scenario, jobs->kernel, bug_of(jobs, i)) : NULL;

        if (!scenario) {
            continue;
        }
        queue->realtime[i] = scenario->realtime;
        queue->definition[i] = GPOINTER_TO_UINT(g_hash_table_lookup(numbers, text));
        if (!queue->definition[i]) {
            queue->definition[i] = g_hash_table_size(numbers) + 1;
            g_hash_table_insert(numbers, g_steal_pointer(&text), GUINT_TO_POINTER(queue->definition[i]));
        }
    }
}

static guint take_next(Queue *queue, const Slot *slot)
{
    g_autoptr(GArray) elsewhere = g_array_new(FALSE, FALSE, sizeof(guint));
    guint place, index;

    for (guint i = 0; i < queue->jobs->jobs; i++) {
        if (&queue->slot[i] != slot) {
            g_array_append_val(elsewhere, queue->slot[i].definition);
        }
    }
    place = stunt_assign(queue->definition, queue->waiting, slot->definition, elsewhere);
    index = g_array_index(queue->waiting, guint, place);
    g_array_remove_index(queue->waiting, place);
    return index;
}

/* ---- one scenario -------------------------------------------------------------------------------- */

static char **job_words(const Slot *slot)
{
    const StuntJobs *jobs = slot->queue->jobs;
    const StuntScenarioFile *scenario = scenario_of(slot);
    GPtrArray *words = g_ptr_array_new();

    g_ptr_array_add(words, g_strdup(STUNT_WORKER_COMMAND));
    g_ptr_array_add(words, g_strdup_printf("--name=%s", scenario->name));
    g_ptr_array_add(words, g_strdup_printf("--file=%s", scenario->file));
    g_ptr_array_add(words, g_strdup_printf("--seed=%" G_GUINT64_FORMAT, seed_of(jobs, slot->index)));
    g_ptr_array_add(words, g_strdup_printf("--wall-limit=%" G_GUINT64_FORMAT, jobs->wall_limit_ms));
    g_ptr_array_add(words, g_strdup_printf("--start=%s", stunt_start_kind_name(slot->start)));
    if (jobs->kernel) {
        g_ptr_array_add(words, g_strdup_printf("--kernel=%s", jobs->kernel));
    }
    if (jobs->iommu != STUNT_UNSAID) {
        g_ptr_array_add(words, g_strdup_printf("--iommu=%s", stunt_switch_name(jobs->iommu)));
    }
    if (bug_of(jobs, slot->index)) {
        g_ptr_array_add(words, g_strdup_printf("--bug=%s", bug_of(jobs, slot->index)));
    }
    if (jobs->plan && jobs->plan[slot->index].text) {
        g_ptr_array_add(words, g_strdup_printf("--plan-name=%s", jobs->plan[slot->index].name));
        g_ptr_array_add(words, g_strdup_printf("--plan-text=%s", jobs->plan[slot->index].text));
    }
    if (jobs->dump) {
        g_autofree char *dump = g_canonicalize_filename(jobs->dump, NULL);

        g_ptr_array_add(words, g_strdup_printf("--dump=%s", dump));
    }
    if (jobs->console) {
        g_ptr_array_add(words, g_strdup_printf("--console=%s", jobs->console));
    }
    g_ptr_array_add(words, NULL);
    return (char **)g_ptr_array_free(words, FALSE);
}

static void finish(Slot *slot, StuntOutcome *outcome)
{
    const StuntJobs *jobs = slot->queue->jobs;

    slot->busy = FALSE;
    stunt_tries_clear(&slot->tries);
    stunt_result_set(&outcome->result->bug, bug_of(jobs, slot->index) ? bug_of(jobs, slot->index) : "");
    if (jobs->finished) {
        jobs->finished(slot->index, outcome, jobs->data);
    }
    stunt_outcome_clear(outcome);
}

static const StuntWorkerCalls calls;

static gboolean give(Slot *slot, GError **error)
{
    g_auto(GStrv) words = job_words(slot);

    if (!stunt_collect_open(&slot->collect, (const char *const *)words, error)) {
        return FALSE;
    }
    if (!slot->worker) {
        slot->worker = stunt_worker_new(&slot->queue->options, &calls, slot, error);
    }
    if (!slot->worker) {
        stunt_collect_close(&slot->collect);
        return FALSE;
    }
    stunt_worker_give(slot->worker, &slot->collect);
    return TRUE;
}

static void try_once(Slot *slot)
{
    g_autoptr(GError) error = NULL;
    StuntOutcome outcome;

    if (!give(slot, &error)) {
        stunt_collect_read(&slot->collect, scenario_of(slot), seed_of(slot->queue->jobs, slot->index), error->message, NULL,
                           &outcome);
        finish(slot, &outcome);
    }
}

static void show_again(const Slot *slot, const char *what)
{
    const StuntJobs *jobs = slot->queue->jobs;

    if (jobs->progress) {
        jobs->progress(slot->index, what, 0, jobs->data);
    }
}

/* why: how the run ended when it gave no result; death: the same when it may be tried again. */
static void run_ended(Slot *slot, const char *why, const char *death)
{
    g_autoptr(GBytes) said = stunt_worker_said(slot->worker);
    StuntOutcome outcome;

    stunt_collect_read(&slot->collect, scenario_of(slot), seed_of(slot->queue->jobs, slot->index), why, said, &outcome);
    stunt_collect_close(&slot->collect);
    if (why) {
        g_clear_pointer(&slot->worker, stunt_worker_free);
    }
    switch (stunt_tries_next(&slot->tries, &outcome, death)) {
    case STUNT_NEXT_REPORT:
        finish(slot, &outcome);
        break;
    case STUNT_NEXT_AGAIN:
        show_again(slot, "again, in a new process");
        try_once(slot);
        break;
    case STUNT_NEXT_STRICT:
        show_again(slot, "again, strict");
        slot->start = STUNT_START_STRICT;
        try_once(slot);
        break;
    }
}

/* ---- the queue ----------------------------------------------------------------------------------- */

static gboolean all_ended(const Queue *queue)
{
    for (guint i = 0; i < queue->jobs->jobs; i++) {
        if (queue->slot[i].worker) {
            return FALSE;
        }
    }
    return TRUE;
}

/* Gives the slot something to do, unless it has; without more to do its worker is dismissed. */
static void go_on(Slot *slot)
{
    Queue *queue = slot->queue;

    while (!queue->signal && !slot->busy && queue->waiting->len) {
        slot->index = take_next(queue, slot);
        slot->definition = queue->definition[slot->index];
        slot->start = queue->jobs->start;
        slot->tries = (StuntTries){ .once = queue->realtime[slot->index] };
        slot->busy = TRUE;
        if (queue->jobs->started) {
            queue->jobs->started(slot->index, queue->jobs->data);
        }
        try_once(slot);
    }
    if (!slot->busy && slot->worker) {
        stunt_worker_dismiss(slot->worker);
    }
    if (all_ended(queue)) {
        g_main_loop_quit(queue->loop);
    }
}

static void on_progress(const char *what, guint64 virtual_ns, gpointer data)
{
    Slot *slot = data;
    const StuntJobs *jobs = slot->queue->jobs;

    if (jobs->progress) {
        jobs->progress(slot->index, what, virtual_ns, jobs->data);
    }
}

static void on_done(gpointer data)
{
    Slot *slot = data;

    if (!slot->queue->signal) {
        run_ended(slot, NULL, NULL);
        go_on(slot);
    }
}

static void on_ended(const char *why, gboolean silent, gpointer data)
{
    Slot *slot = data;

    if (slot->busy && !slot->queue->signal) {
        why = why ? why : "the scenario's process ended too early";
        run_ended(slot, why, silent ? NULL : why);
    } else {
        g_clear_pointer(&slot->worker, stunt_worker_free);
    }
    go_on(slot);
}

static const StuntWorkerCalls calls = { on_progress, on_done, on_ended };

/* ---- signals ------------------------------------------------------------------------------------- */

static gboolean end_by(Queue *queue, int number)
{
    queue->signal = number;
    for (guint i = 0; i < queue->jobs->jobs; i++) {
        if (queue->slot[i].worker) {
            stunt_worker_kill(queue->slot[i].worker);
        }
    }
    return G_SOURCE_CONTINUE;
}

static gboolean on_sigint(gpointer data)
{
    return end_by(data, SIGINT);
}

static gboolean on_sigterm(gpointer data)
{
    return end_by(data, SIGTERM);
}

static gboolean on_sighup(gpointer data)
{
    return end_by(data, SIGHUP);
}

/* ---- the run ------------------------------------------------------------------------------------- */

static gboolean on_begin(gpointer data)
{
    Queue *queue = data;

    for (guint i = 0; i < queue->jobs->jobs; i++) {
        go_on(&queue->slot[i]);
    }
    return G_SOURCE_REMOVE;
}

static void queue_init(Queue *queue, const StuntJobs *jobs)
{
    guint n = jobs->scenario->len;

    *queue = (Queue){
        .jobs = jobs,
        .options = { jobs->setup->file, jobs->verify_resets,
                     MAX(BACKSTOP_MS, (guint)jobs->wall_limit_ms * 3) },
        .loop = g_main_loop_new(NULL, FALSE),
        .definition = g_new0(guint, n),
        .realtime = g_new0(gboolean, n),
        .waiting = g_array_new(FALSE, FALSE, sizeof(guint)),
        .slot = g_new0(Slot, jobs->jobs),
    };
    for (guint i = 0; i < n; i++) {
        g_array_append_val(queue->waiting, i);
    }
    for (guint i = 0; i < jobs->jobs; i++) {
        queue->slot[i].queue = queue;
        queue->slot[i].collect = STUNT_COLLECT_CLOSED;
    }
    read_declarations(queue);
}

static void queue_clear(Queue *queue)
{
    for (guint i = 0; i < queue->jobs->jobs; i++) {
        stunt_collect_close(&queue->slot[i].collect);
        stunt_tries_clear(&queue->slot[i].tries);
    }
    g_main_loop_unref(queue->loop);
    g_free(queue->definition);
    g_free(queue->realtime);
    g_array_unref(queue->waiting);
    g_free(queue->slot);
}

int stunt_jobs_run(const StuntJobs *jobs)
{
    Queue queue;
    guint sources[3];

    queue_init(&queue, jobs);
    sources[0] = g_unix_signal_add(SIGINT, on_sigint, &queue);
    sources[1] = g_unix_signal_add(SIGTERM, on_sigterm, &queue);
    sources[2] = g_unix_signal_add(SIGHUP, on_sighup, &queue);
    g_idle_add(on_begin, &queue);
    g_main_loop_run(queue.loop);
    for (guint i = 0; i < G_N_ELEMENTS(sources); i++) {
        g_source_remove(sources[i]);
    }
    queue_clear(&queue);
    return queue.signal;
}
