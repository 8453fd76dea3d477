/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Starts workers, listens to them, ends them. */
#include <errno.h>
#include <fcntl.h>
#include <gio/gio.h>
#include <glib-unix.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "jobs.h"
#include "stunt/error.h"
#include "worker.h"

#define LINE_MAX_LEN 4096
#define BACKSTOP_MS 180000 /* without a sign of life; well above what the worker itself allows */
#define MS_PER_S 1000

typedef struct Pool Pool;

typedef struct {
    Pool *pool;
    guint index;
    GSubprocess *process;
    StuntCollect collect;
    int progress; /* reading end of the pipe */
    guint watch, backstop;
    GString *line;
    gboolean silent; /* killed by the backstop */
} Job;

struct Pool {
    const StuntJobs *jobs;
    GMainLoop *loop;
    guint next;    /* scenario to start */
    GPtrArray *job; /* Job *, that run */
    int signal;
    char *program;
};

/* ---- one job ------------------------------------------------------------------------------------- */

static const StuntScenarioFile *scenario_of(const Job *job)
{
    return job->pool->jobs->scenario->pdata[job->index];
}

static void job_free(Job *job)
{
    g_clear_handle_id(&job->watch, g_source_remove);
    g_clear_handle_id(&job->backstop, g_source_remove);
    if (job->progress >= 0) {
        close(job->progress);
    }
    stunt_collect_close(&job->collect);
    g_clear_object(&job->process);
    g_string_free(job->line, TRUE);
    g_free(job);
}

static gboolean on_silence(gpointer data)
{
    Job *job = data;

    job->backstop = 0;
    job->silent = TRUE;
    g_subprocess_force_exit(job->process);
    return G_SOURCE_REMOVE;
}

static guint backstop_ms(const Pool *pool)
{
    return MAX(BACKSTOP_MS, pool->jobs->wall_limit_ms * 3);
}

/* "VIRTUAL_NS WHAT" */
static void take_line(Job *job, const char *line)
{
    const StuntJobs *jobs = job->pool->jobs;
    char *what;
    guint64 virtual_ns = g_ascii_strtoull(line, &what, 10);

    g_clear_handle_id(&job->backstop, g_source_remove);
    job->backstop = g_timeout_add(backstop_ms(job->pool), on_silence, job);
    if (jobs->progress) {
        jobs->progress(job->index, what + (*what == ' '), virtual_ns, jobs->data);
    }
}

static gboolean on_progress(int fd, GIOCondition condition, gpointer data)
{
    Job *job = data;
    char buffer[512];
    ssize_t n = read(fd, buffer, sizeof(buffer));
    char *end;

    (void)condition;
    if (n <= 0) {
        job->watch = 0;
        return G_SOURCE_REMOVE;
    }
    g_string_append_len(job->line, buffer, n);
    while ((end = strchr(job->line->str, '\n'))) {
        *end = '\0';
        take_line(job, job->line->str);
        g_string_erase(job->line, 0, end + 1 - job->line->str);
    }
    if (job->line->len > LINE_MAX_LEN) {
        g_string_truncate(job->line, 0);
    }
    return G_SOURCE_CONTINUE;
}

/* How the worker ended when that was not well; NULL when it was. Free with g_free. */
static char *describe_end(const Job *job)
{
    if (job->silent) {
        return g_strdup_printf("no sign of life for %u s (wall-clock backstop)",
                               backstop_ms(job->pool) / MS_PER_S);
    }
    if (g_subprocess_get_if_signaled(job->process)) {
        int number = g_subprocess_get_term_sig(job->process);

        return g_strdup_printf("the scenario's process was killed by signal %d (%s)", number,
                               g_strsignal(number));
    }
    if (g_subprocess_get_exit_status(job->process) != STUNT_EXIT_OK) {
        return g_strdup_printf("the scenario's process ended with status %d",
                               g_subprocess_get_exit_status(job->process));
    }
    return NULL;
}

static void report(Job *job, const char *why)
{
    const StuntJobs *jobs = job->pool->jobs;
    StuntOutcome outcome = { 0 };

    stunt_collect_read(&job->collect, scenario_of(job), jobs->seed, why, &outcome);
    if (jobs->finished) {
        jobs->finished(job->index, &outcome, jobs->data);
    }
    stunt_outcome_clear(&outcome);
}

static void start_more(Pool *pool);

static void on_worker_exit(GObject *source, GAsyncResult *result, gpointer data)
{
    Job *job = data;
    Pool *pool = job->pool;

    g_subprocess_wait_finish(G_SUBPROCESS(source), result, NULL);
    if (!pool->signal) {
        g_autofree char *why = describe_end(job);

        report(job, why);
    }
    g_ptr_array_remove(pool->job, job);
    start_more(pool);
}

/* ---- starting ------------------------------------------------------------------------------------ */

static char **worker_argv(const Job *job)
{
    const StuntJobs *jobs = job->pool->jobs;
    const StuntScenarioFile *scenario = scenario_of(job);
    GPtrArray *argv = g_ptr_array_new();

    g_ptr_array_add(argv, g_strdup(job->pool->program));
    g_ptr_array_add(argv, g_strdup(STUNT_WORKER_COMMAND));
    g_ptr_array_add(argv, g_strdup_printf("--config=%s", jobs->setup->file));
    g_ptr_array_add(argv, g_strdup_printf("--name=%s", scenario->name));
    g_ptr_array_add(argv, g_strdup_printf("--file=%s", scenario->file));
    g_ptr_array_add(argv, g_strdup_printf("--seed=%" G_GUINT64_FORMAT, jobs->seed));
    g_ptr_array_add(argv, g_strdup_printf("--wall-limit=%" G_GUINT64_FORMAT, jobs->wall_limit_ms));
    g_ptr_array_add(argv, g_strdup_printf("--parent=%d", (int)getpid()));
    if (jobs->kernel) {
        g_ptr_array_add(argv, g_strdup_printf("--kernel=%s", jobs->kernel));
    }
    if (jobs->console) {
        g_ptr_array_add(argv, g_strdup_printf("--console=%s", jobs->console));
    }
    g_ptr_array_add(argv, NULL);
    return (char **)g_ptr_array_free(argv, FALSE);
}

static void give(GSubprocessLauncher *launcher, int fd, int target)
{
    g_subprocess_launcher_take_fd(launcher, fcntl(fd, F_DUPFD_CLOEXEC, STUNT_WORKER_PROGRESS + 1), target);
}

static gboolean launch(Job *job, GError **error)
{
    g_autoptr(GSubprocessLauncher) launcher = g_subprocess_launcher_new(G_SUBPROCESS_FLAGS_NONE);
    g_auto(GStrv) argv = worker_argv(job);
    int pipe_fds[2];

    if (!stunt_collect_open(&job->collect, error) || !g_unix_open_pipe(pipe_fds, FD_CLOEXEC, error)) {
        return FALSE;
    }
    job->progress = pipe_fds[0];
    give(launcher, job->collect.result, STUNT_WORKER_RESULT);
    give(launcher, job->collect.events, STUNT_WORKER_EVENTS);
    give(launcher, job->collect.kernel_log, STUNT_WORKER_KERNEL);
    give(launcher, pipe_fds[1], STUNT_WORKER_PROGRESS);
    close(pipe_fds[1]);
    g_subprocess_launcher_take_stdout_fd(
        launcher, fcntl(job->collect.errors, F_DUPFD_CLOEXEC, STUNT_WORKER_PROGRESS + 1));
    g_subprocess_launcher_take_stderr_fd(
        launcher, fcntl(job->collect.errors, F_DUPFD_CLOEXEC, STUNT_WORKER_PROGRESS + 1));
    job->process = g_subprocess_launcher_spawnv(launcher, (const char *const *)argv, error);
    return job->process != NULL;
}

static void start(Pool *pool)
{
    const StuntJobs *jobs = pool->jobs;
    Job *job = g_new0(Job, 1);
    g_autoptr(GError) error = NULL;

    job->pool = pool;
    job->index = pool->next++;
    job->collect = (StuntCollect){ -1, -1, -1, -1 };
    job->progress = -1;
    job->line = g_string_new(NULL);
    g_ptr_array_add(pool->job, job);
    if (jobs->started) {
        jobs->started(job->index, jobs->data);
    }
    if (!launch(job, &error)) {
        report(job, error->message);
        g_ptr_array_remove(pool->job, job);
        return;
    }
    job->watch = g_unix_fd_add(job->progress, G_IO_IN | G_IO_HUP, on_progress, job);
    job->backstop = g_timeout_add(backstop_ms(pool), on_silence, job);
    g_subprocess_wait_async(job->process, NULL, on_worker_exit, job);
}

static void start_more(Pool *pool)
{
    while (!pool->signal && pool->next < pool->jobs->scenario->len && pool->job->len < pool->jobs->jobs) {
        start(pool);
    }
    if (!pool->job->len) {
        g_main_loop_quit(pool->loop);
    }
}

/* ---- the pool ------------------------------------------------------------------------------------ */

static void end_by(Pool *pool, int number)
{
    pool->signal = number;
    for (guint i = 0; i < pool->job->len; i++) {
        g_subprocess_force_exit(((Job *)pool->job->pdata[i])->process);
    }
}

static gboolean on_sigint(gpointer data)
{
    end_by(data, SIGINT);
    return G_SOURCE_CONTINUE;
}

static gboolean on_sigterm(gpointer data)
{
    end_by(data, SIGTERM);
    return G_SOURCE_CONTINUE;
}

static gboolean on_sighup(gpointer data)
{
    end_by(data, SIGHUP);
    return G_SOURCE_CONTINUE;
}

static gboolean on_begin(gpointer data)
{
    start_more(data);
    return G_SOURCE_REMOVE;
}

int stunt_jobs_run(const StuntJobs *jobs)
{
    Pool pool = { .jobs = jobs, .loop = g_main_loop_new(NULL, FALSE) };
    guint sources[] = {
        g_unix_signal_add(SIGINT, on_sigint, &pool),
        g_unix_signal_add(SIGTERM, on_sigterm, &pool),
        g_unix_signal_add(SIGHUP, on_sighup, &pool),
    };

    pool.job = g_ptr_array_new_with_free_func((GDestroyNotify)job_free);
    pool.program = g_file_read_link("/proc/self/exe", NULL);
    g_idle_add(on_begin, &pool);
    g_main_loop_run(pool.loop);
    for (guint i = 0; i < G_N_ELEMENTS(sources); i++) {
        g_source_remove(sources[i]);
    }
    g_ptr_array_unref(pool.job);
    g_main_loop_unref(pool.loop);
    g_free(pool.program);
    return pool.signal;
}
