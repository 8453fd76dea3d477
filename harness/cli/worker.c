/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The hidden command that runs one scenario after another. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "cli.h"
#include "collect.h"
#include "stunt/error.h"
#include "worker.h"

#define FLUSH_US    200000 /* at most so often, and … */
#define FLUSH_SHARE 20     /* … so that it takes at most one part in so many */

/* What it keeps from job to job. */
typedef struct {
    StuntBench bench;
    StuntStarter *starter;
    int null; /* stands in for a job's files between jobs */
} Worker;

/* One job. */
typedef struct {
    char *name, *file, *kernel, *iommu, *bug, *plan_name, *plan_text, *console, *dump, *start;
    gint64 seed, wall_limit_ms;
} Job;

typedef struct {
    gint64 next_us; /* when the event log is due */
    gsize written;  /* bytes of it that are out */
} Live;

/* ---- what it says -------------------------------------------------------------------------------- */

static gboolean write_at(int fd, const char *data, gsize len, gsize at)
{
    while (len) {
        ssize_t n = pwrite(fd, data, len, (off_t)at);

        if (n < 0 && errno != EINTR) {
            return FALSE;
        }
        if (n > 0) {
            data += n;
            len -= (gsize)n;
            at += (gsize)n;
        }
    }
    return TRUE;
}

/* The log only ever grows at its end, so the new part is enough for whoever follows it. */
static void flush_events(Live *live, StuntTimeline *timeline)
{
    gint64 begin_us = g_get_monotonic_time();
    g_autofree char *text = NULL;
    gsize len;

    if (!timeline || begin_us < live->next_us) {
        return;
    }
    text = stunt_timeline_to_text(timeline, &len);
    if (len > live->written &&
        write_at(STUNT_WORKER_EVENTS, text + live->written, len - live->written, live->written)) {
        live->written = len;
    }
    live->next_us = g_get_monotonic_time() + MAX(FLUSH_US, FLUSH_SHARE * (g_get_monotonic_time() - begin_us));
}

static void tell(const char *text)
{
    send(STUNT_WORKER_SOCKET, text, MIN(strlen(text), STUNT_WORKER_TEXT_MAX), MSG_NOSIGNAL);
}

static void on_progress(const char *what, guint64 virtual_ns, StuntTimeline *timeline, gpointer data)
{
    g_autofree char *line = g_strdup_printf("%" G_GUINT64_FORMAT " %s", virtual_ns, what);

    tell(line);
    flush_events(data, timeline);
}

static gboolean write_bytes(int fd, GBytes *bytes)
{
    gsize len;
    const char *data = g_bytes_get_data(bytes, &len);

    return write_at(fd, data, len, 0) && ftruncate(fd, (off_t)len) == 0;
}

/* ---- one job ------------------------------------------------------------------------------------- */

static void job_clear(Job *job)
{
    g_free(job->name);
    g_free(job->file);
    g_free(job->kernel);
    g_free(job->iommu);
    g_free(job->bug);
    g_free(job->plan_name);
    g_free(job->plan_text);
    g_free(job->console);
    g_free(job->dump);
    g_free(job->start);
}

static char **read_words(int fd)
{
    g_autoptr(GBytes) bytes = stunt_collect_content(fd);
    GPtrArray *words = g_ptr_array_new();
    gsize len;
    const char *text = g_bytes_get_data(bytes, &len);

    for (gsize at = 0; at < len; at += strlen(text + at) + 1) {
        g_ptr_array_add(words, g_strdup(text + at));
    }
    g_ptr_array_add(words, NULL);
    return (char **)g_ptr_array_free(words, FALSE);
}

static gboolean read_job(Job *job, GError **error)
{
    const GOptionEntry entries[] = {
        { "name", 0, 0, G_OPTION_ARG_FILENAME, &job->name, NULL, NULL },
        { "file", 0, 0, G_OPTION_ARG_FILENAME, &job->file, NULL, NULL },
        { "kernel", 0, 0, G_OPTION_ARG_FILENAME, &job->kernel, NULL, NULL },
        { "iommu", 0, 0, G_OPTION_ARG_STRING, &job->iommu, NULL, NULL },
        { "bug", 0, 0, G_OPTION_ARG_STRING, &job->bug, NULL, NULL },
        { "plan-name", 0, 0, G_OPTION_ARG_FILENAME, &job->plan_name, NULL, NULL },
        { "plan-text", 0, 0, G_OPTION_ARG_FILENAME, &job->plan_text, NULL, NULL },
        { "dump", 0, 0, G_OPTION_ARG_FILENAME, &job->dump, NULL, NULL },
        { "console", 0, 0, G_OPTION_ARG_FILENAME, &job->console, NULL, NULL },
        { "start", 0, 0, G_OPTION_ARG_STRING, &job->start, NULL, NULL },
        { "seed", 0, 0, G_OPTION_ARG_INT64, &job->seed, NULL, NULL },
        { "wall-limit", 0, 0, G_OPTION_ARG_INT64, &job->wall_limit_ms, NULL, NULL },
        G_OPTION_ENTRY_NULL,
    };
    g_autoptr(GOptionContext) context = g_option_context_new(NULL);
    g_auto(GStrv) words = read_words(STUNT_WORKER_JOB);

    g_option_context_add_main_entries(context, entries, NULL);
    return g_option_context_parse_strv(context, &words, error);
}

static gboolean write_result(const StuntResult *result)
{
    g_autoptr(JsonNode) json = stunt_result_to_full_json(result);
    char *text = stunt_json_to_text(json);
    g_autoptr(GBytes) bytes = g_bytes_new_take(text, strlen(text));

    return write_bytes(STUNT_WORKER_RESULT, bytes);
}

static gboolean run(const Worker *worker, const Job *job, GError **error)
{
    Live live = { 0 };
    StuntRunRequest request = {
        .setup = worker->bench.setup,
        .spec = worker->bench.spec,
        .name = job->name,
        .file = job->file,
        .kernel = job->kernel,
        .bug = job->bug,
        .plan_name = job->plan_name,
        .plan_text = job->plan_text,
        .console = job->console,
        .dump = job->dump,
        .seed = (guint64)job->seed,
        .wall_limit_ms = (guint64)job->wall_limit_ms,
        .starter = worker->starter,
        .progress = on_progress,
        .data = &live,
    };
    g_autoptr(GBytes) events = NULL, kernel_log = NULL;
    g_autoptr(StuntResult) result = NULL;

    if (job->iommu) {
        stunt_switch_parse(job->iommu, &request.iommu);
    }
    if (!stunt_start_kind_parse(job->start, &request.start, error)) {
        return FALSE;
    }
    result = stunt_scenario_run(&request, &events, &kernel_log);
    if (!write_bytes(STUNT_WORKER_EVENTS, events) || !write_bytes(STUNT_WORKER_KERNEL, kernel_log) ||
        (result->grid && !write_bytes(STUNT_WORKER_GRID, result->grid)) || !write_result(result)) {
        g_set_error(error, STUNT_ERROR, STUNT_ERROR_FAILED, "cannot hand the result over: %s",
                    g_strerror(errno));
        return FALSE;
    }
    return TRUE;
}

/* ---- one job after another ----------------------------------------------------------------------- */

/* Waits. FALSE without an error: there are no more jobs. */
static gboolean receive(int files[STUNT_WORKER_FILES], GError **error)
{
    union {
        char bytes[CMSG_SPACE(STUNT_WORKER_FILES * sizeof(int))];
        struct cmsghdr align;
    } control;
    char byte;
    struct iovec part = { &byte, sizeof(byte) };
    struct msghdr message = { .msg_iov = &part,
                              .msg_iovlen = 1,
                              .msg_control = control.bytes,
                              .msg_controllen = sizeof(control.bytes) };
    const struct cmsghdr *header;
    ssize_t n;

    do {
        n = recvmsg(STUNT_WORKER_SOCKET, &message, MSG_CMSG_CLOEXEC);
    } while (n < 0 && errno == EINTR);
    if (n == 0) {
        return FALSE;
    }
    header = n > 0 ? CMSG_FIRSTHDR(&message) : NULL;
    if (!header || header->cmsg_len != CMSG_LEN(STUNT_WORKER_FILES * sizeof(int))) {
        g_set_error(error, STUNT_ERROR, STUNT_ERROR_FAILED, "cannot take a job: %s",
                    n < 0 ? g_strerror(errno) : "its files did not arrive");
        return FALSE;
    }
    memcpy(files, CMSG_DATA(header), STUNT_WORKER_FILES * sizeof(int));
    return TRUE;
}

static void set_files(const int files[STUNT_WORKER_FILES])
{
    for (int i = STUNT_WORKER_FILES - 1; i >= 0; i--) {
        dup3(files[i], STUNT_WORKER_JOB + i, O_CLOEXEC);
        close(files[i]);
    }
}

static void drop_files(const Worker *worker)
{
    for (int i = 0; i < STUNT_WORKER_FILES; i++) {
        dup3(worker->null, STUNT_WORKER_JOB + i, O_CLOEXEC);
    }
}

static gboolean work(const Worker *worker, GError **error)
{
    int files[STUNT_WORKER_FILES];

    while (receive(files, error)) {
        Job job = { 0 };
        gboolean ok;

        set_files(files);
        ok = read_job(&job, error) && run(worker, &job, error);
        drop_files(worker);
        job_clear(&job);
        if (!ok) {
            return FALSE;
        }
        tell(STUNT_WORKER_DONE);
    }
    return *error == NULL;
}

/* ---- the process --------------------------------------------------------------------------------- */

/* Takes the numbers of a job's files, before anything else does. */
static int reserve_files(void)
{
    int null = open("/dev/null", O_RDWR | O_CLOEXEC);
    int high = fcntl(null, F_DUPFD_CLOEXEC, STUNT_WORKER_JOB + STUNT_WORKER_FILES);

    close(null);
    return high;
}

/* Ctrl-C reaches the whole foreground group; what it means is the parent's decision. */
static void ignore_signal(int number)
{
    (void)number;
}

static gboolean follow_parent(gint64 parent)
{
    signal(SIGINT, ignore_signal);
    signal(SIGHUP, ignore_signal);
    fcntl(STUNT_WORKER_SOCKET, F_SETFD, FD_CLOEXEC);
    return prctl(PR_SET_PDEATHSIG, SIGKILL) == 0 && getppid() == (pid_t)parent;
}

static gboolean set_up(Worker *worker, const char *config, guint verify_resets, GError **error)
{
    StuntStarterOptions options = { .verify_every = verify_resets };

    if (!stunt_bench_open(&worker->bench, config, error)) {
        return FALSE;
    }
    worker->starter = stunt_starter_new(&options);
    return TRUE;
}

static void clear(Worker *worker)
{
    stunt_starter_free(worker->starter);
    stunt_bench_close(&worker->bench);
}

int stunt_worker_main(int argc, char **argv)
{
    Worker worker = { .null = reserve_files() };
    gint64 parent = 0;
    int verify_resets = 0;
    const char *config = NULL;
    const GOptionEntry entries[] = {
        { "parent", 0, 0, G_OPTION_ARG_INT64, &parent, "process that gives the jobs", "PID" },
        { "verify-resets", 0, 0, G_OPTION_ARG_INT, &verify_resets, "see 'stunt run'", "N" },
        G_OPTION_ENTRY_NULL,
    };
    GError *error = NULL;
    int status;

    drop_files(&worker);
    if (!stunt_cli_options(&argc, &argv, "", "Runs scenarios for 'stunt run'.", entries, &config, &status)) {
        return status;
    }
    if (!parent || !follow_parent(parent)) {
        return stunt_cli_usage(NULL, "%s is only for stunt itself", STUNT_WORKER_COMMAND);
    }
    if (set_up(&worker, config, (guint)verify_resets, &error)) {
        work(&worker, &error);
    }
    clear(&worker);
    return error ? stunt_cli_fail(error) : STUNT_EXIT_OK;
}
