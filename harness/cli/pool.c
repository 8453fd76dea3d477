/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The parent's side of the workers. */
#include <errno.h>
#include <fcntl.h>
#include <gio/gio.h>
#include <glib-unix.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "pool.h"
#include "stunt/error.h"

#define MS_PER_S     1000
#define DISMISSAL_MS 10000 /* a worker without jobs has its machines to end */

struct StuntWorker {
    const StuntWorkerOptions *options;
    const StuntWorkerCalls *calls;
    gpointer data;
    GSubprocess *process;
    int socket;
    int errors; /* its standard outputs */
    guint watch, timer;
    gboolean silent; /* ended by the timer while a job ran */
};

/* ---- hearing ------------------------------------------------------------------------------------- */

static void stop_timer(StuntWorker *worker)
{
    g_clear_handle_id(&worker->timer, g_source_remove);
}

static gboolean on_silence(gpointer data)
{
    StuntWorker *worker = data;

    worker->timer = 0;
    worker->silent = TRUE;
    stunt_worker_kill(worker);
    return G_SOURCE_REMOVE;
}

static void start_timer(StuntWorker *worker)
{
    stop_timer(worker);
    worker->timer = g_timeout_add(worker->options->silence_ms, on_silence, worker);
}

static void take_message(StuntWorker *worker, const char *text)
{
    char *what;
    guint64 virtual_ns;

    if (g_str_equal(text, STUNT_WORKER_DONE)) {
        stop_timer(worker);
        worker->calls->done(worker->data);
        return;
    }
    virtual_ns = g_ascii_strtoull(text, &what, 10);
    start_timer(worker);
    worker->calls->progress(what + (*what == ' '), virtual_ns, worker->data);
}

/* Takes one message; FALSE: there is none now, or there will be none any more (*ret_end). */
static gboolean receive(StuntWorker *worker, gboolean *ret_end)
{
    char text[STUNT_WORKER_TEXT_MAX + 1];
    ssize_t n = recv(worker->socket, text, sizeof(text) - 1, MSG_DONTWAIT);

    if (n <= 0) {
        *ret_end = n == 0 || (errno != EAGAIN && errno != EINTR);
        return FALSE;
    }
    text[n] = '\0';
    take_message(worker, text);
    return TRUE;
}

static gboolean on_message(int fd, GIOCondition condition, gpointer data)
{
    StuntWorker *worker = data;
    gboolean end = FALSE;

    (void)fd;
    (void)condition;
    if (!receive(worker, &end) && end) {
        worker->watch = 0;
        return G_SOURCE_REMOVE;
    }
    return G_SOURCE_CONTINUE;
}

/* How it ended when that was not well; NULL when it was. Free with g_free. */
static char *describe_end(const StuntWorker *worker)
{
    if (worker->silent) {
        return g_strdup_printf("no sign of life for %u s (wall-clock backstop)",
                               worker->options->silence_ms / MS_PER_S);
    }
    if (g_subprocess_get_if_signaled(worker->process)) {
        int number = g_subprocess_get_term_sig(worker->process);

        return g_strdup_printf("the scenario's process was killed by signal %d (%s)", number,
                               g_strsignal(number));
    }
    if (g_subprocess_get_exit_status(worker->process) != STUNT_EXIT_OK) {
        return g_strdup_printf("the scenario's process ended with status %d",
                               g_subprocess_get_exit_status(worker->process));
    }
    return NULL;
}

static void on_process_exit(GObject *source, GAsyncResult *result, gpointer data)
{
    StuntWorker *worker = data;
    g_autofree char *why = NULL;
    gboolean end = FALSE;

    g_subprocess_wait_finish(G_SUBPROCESS(source), result, NULL);
    while (worker->watch && receive(worker, &end)) { /* a last "done" may still wait */
    }
    stop_timer(worker);
    why = describe_end(worker);
    worker->calls->ended(why, worker->silent, worker->data);
}

/* ---- starting ------------------------------------------------------------------------------------ */

/* Above the numbers that the worker wants them under: none is overwritten on the way there. */
static int duplicate(int fd)
{
    return fcntl(fd, F_DUPFD_CLOEXEC, STUNT_WORKER_JOB + STUNT_WORKER_FILES);
}

static GSubprocess *spawn(const StuntWorker *worker, int peer, GError **error)
{
    g_autoptr(GSubprocessLauncher) launcher = g_subprocess_launcher_new(G_SUBPROCESS_FLAGS_NONE);
    g_autofree char *program = g_file_read_link("/proc/self/exe", error);
    g_autofree char *config = g_strdup_printf("--config=%s", worker->options->config);
    g_autofree char *verify = g_strdup_printf("--verify-resets=%u", worker->options->verify_resets);
    g_autofree char *parent = g_strdup_printf("--parent=%d", (int)getpid());

    if (!program) {
        return NULL;
    }
    g_subprocess_launcher_take_fd(launcher, duplicate(peer), STUNT_WORKER_SOCKET);
    g_subprocess_launcher_take_stdout_fd(launcher, duplicate(worker->errors));
    g_subprocess_launcher_take_stderr_fd(launcher, duplicate(worker->errors));
    return g_subprocess_launcher_spawn(launcher, error, program, STUNT_WORKER_COMMAND, config, verify, parent,
                                       NULL);
}

static gboolean start(StuntWorker *worker, GError **error)
{
    int ends[2];

    worker->errors = stunt_collect_file("stunt-errors", error);
    if (worker->errors < 0) {
        return FALSE;
    }
    fcntl(worker->errors, F_SETFL, O_APPEND); /* it is cut before each job, under the writer's hands */
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends)) {
        g_set_error(error, STUNT_ERROR, STUNT_ERROR_FAILED, "cannot make a socket: %s", g_strerror(errno));
        return FALSE;
    }
    worker->socket = ends[0];
    worker->process = spawn(worker, ends[1], error);
    close(ends[1]);
    return worker->process != NULL;
}

StuntWorker *stunt_worker_new(const StuntWorkerOptions *options, const StuntWorkerCalls *calls, gpointer data,
                              GError **error)
{
    StuntWorker *worker = g_new0(StuntWorker, 1);

    worker->options = options;
    worker->calls = calls;
    worker->data = data;
    worker->socket = worker->errors = -1;
    if (!start(worker, error)) {
        stunt_worker_free(worker);
        return NULL;
    }
    worker->watch = g_unix_fd_add(worker->socket, G_IO_IN | G_IO_HUP, on_message, worker);
    g_subprocess_wait_async(worker->process, NULL, on_process_exit, worker);
    return worker;
}

void stunt_worker_free(StuntWorker *worker)
{
    if (!worker) {
        return;
    }
    g_clear_handle_id(&worker->watch, g_source_remove);
    stop_timer(worker);
    if (worker->socket >= 0) {
        close(worker->socket);
    }
    if (worker->errors >= 0) {
        close(worker->errors);
    }
    g_clear_object(&worker->process);
    g_free(worker);
}

/* ---- jobs ---------------------------------------------------------------------------------------- */

void stunt_worker_give(StuntWorker *worker, const StuntCollect *collect)
{
    union {
        char bytes[CMSG_SPACE(sizeof(collect->fd))];
        struct cmsghdr align;
    } control = { 0 };
    char byte = 0;
    struct iovec part = { &byte, sizeof(byte) };
    struct msghdr message = { .msg_iov = &part,
                              .msg_iovlen = 1,
                              .msg_control = control.bytes,
                              .msg_controllen = sizeof(control.bytes) };
    struct cmsghdr *header = CMSG_FIRSTHDR(&message);

    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = CMSG_LEN(sizeof(collect->fd));
    memcpy(CMSG_DATA(header), collect->fd, sizeof(collect->fd));
    start_timer(worker);
    if (ftruncate(worker->errors, 0) || sendmsg(worker->socket, &message, MSG_NOSIGNAL) < 0) {
        stunt_worker_kill(worker); /* it is gone already, most likely: its end will tell */
    }
}

GBytes *stunt_worker_said(const StuntWorker *worker)
{
    return stunt_collect_content(worker->errors);
}

static gboolean on_late(gpointer data)
{
    StuntWorker *worker = data;

    worker->timer = 0;
    stunt_worker_kill(worker);
    return G_SOURCE_REMOVE;
}

void stunt_worker_dismiss(StuntWorker *worker)
{
    shutdown(worker->socket, SHUT_WR);
    stop_timer(worker);
    worker->timer = g_timeout_add(DISMISSAL_MS, on_late, worker);
}

void stunt_worker_kill(StuntWorker *worker)
{
    g_subprocess_force_exit(worker->process);
}
