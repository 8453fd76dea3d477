/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "lib/util/output.h"
#include "lib/vm/process.h"
#include "stunt/error.h"

#define FIRST_FD 3

struct StuntProcess {
    pid_t pid;
    pid_t parent;
    guint watch;
    gboolean exited;
    int status; /* of waitpid */
    StuntOutput *output;
};

/*
 * Runs in the child between fork and exec: only async-signal-safe calls. Should the parent have died before
 * prctl(), nobody would send the signal, hence the look at the parent afterwards.
 */
static void child_setup(gpointer data)
{
    const StuntProcess *process = data;
    const struct rlimit no_core = { 0, 0 };
    sigset_t none;

    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    setrlimit(RLIMIT_CORE, &no_core);
    setpgid(0, 0);
    if (prctl(PR_SET_PDEATHSIG, SIGKILL) < 0 || getppid() != process->parent) {
        _exit(127);
    }
}

static void on_ended(GPid pid G_GNUC_UNUSED, gint status, gpointer data)
{
    StuntProcess *process = data;

    process->watch = 0;
    process->exited = TRUE;
    process->status = status;
    stunt_output_drain(process->output);
}

/* What may change QEMU's behaviour does not get through; what a sanitizer or loader needs does. */
static char **make_environment(void)
{
    static const char *const kept[] = { "PATH",          "LD_LIBRARY_PATH", "LD_PRELOAD",     "ASAN_OPTIONS",
                                        "UBSAN_OPTIONS", "LSAN_OPTIONS",    "QEMU_MODULE_DIR" };
    char **env = g_environ_setenv(NULL, "LC_ALL", "C.UTF-8", TRUE);

    for (guint i = 0; i < G_N_ELEMENTS(kept); i++) {
        if (g_getenv(kept[i])) {
            env = g_environ_setenv(env, kept[i], g_getenv(kept[i]), TRUE);
        }
    }
    return env;
}

static gboolean spawn(StuntProcess *process, const char *const *argv, char **env, const int *fds, guint n,
                      int output, GError **error)
{
    const GSpawnFlags flags = G_SPAWN_DO_NOT_REAP_CHILD;
    g_autofree int *targets = g_new(int, n);
    g_autoptr(GError) why = NULL;

    for (guint i = 0; i < n; i++) {
        targets[i] = FIRST_FD + i;
    }
    if (g_spawn_async_with_pipes_and_fds(NULL, argv, (const char *const *)env, flags, child_setup, process,
                                         -1, output, output, fds, targets, n, &process->pid, NULL, NULL, NULL,
                                         &why)) {
        return TRUE;
    }
    g_set_error(error, STUNT_ERROR, STUNT_ERROR_QEMU, "%s does not start: %s", argv[0], why->message);
    return FALSE;
}

StuntProcess *stunt_process_new(const char *const *argv, const int *fds, guint n, GError **error)
{
    g_autofree StuntProcess *process = g_new0(StuntProcess, 1);
    g_auto(GStrv) environment = make_environment();
    int output[2];
    gboolean ok;

    if (pipe2(output, O_CLOEXEC) < 0) {
        g_set_error(error, STUNT_ERROR, STUNT_ERROR_FAILED, "no pipe: %s", g_strerror(errno));
        return NULL;
    }
    process->parent = getpid();
    ok = spawn(process, argv, environment, fds, n, output[1], error);
    close(output[1]);
    if (!ok) {
        close(output[0]);
        return NULL;
    }
    process->output = stunt_output_new(output[0]);
    process->watch = g_child_watch_add(process->pid, on_ended, process);
    return g_steal_pointer(&process);
}

/* GLib may have reaped it without our having been told; its number may then be another's. */
static gboolean is_ours(pid_t pid)
{
    siginfo_t info;

    return waitid(P_PID, pid, &info, WEXITED | WNOHANG | WNOWAIT) == 0;
}

static void end(pid_t pid)
{
    if (!is_ours(pid)) {
        return;
    }
    kill(-pid, SIGKILL);
    kill(pid, SIGKILL); /* in case it is not yet in its group */
    while (waitpid(pid, NULL, 0) < 0 && errno == EINTR) {
    }
}

void stunt_process_free(StuntProcess *process)
{
    if (!process) {
        return;
    }
    if (!process->exited) {
        g_source_remove(process->watch);
        end(process->pid);
    }
    stunt_output_free(process->output);
    g_free(process);
}

guint64 stunt_process_cpu_ms(const StuntProcess *process)
{
    struct timespec spent;
    clockid_t clock;

    if (clock_getcpuclockid(process->pid, &clock) != 0 || clock_gettime(clock, &spent) < 0) {
        return 0;
    }
    return (guint64)spent.tv_sec * 1000 + (guint64)spent.tv_nsec / 1000000;
}

pid_t stunt_process_pid(const StuntProcess *process)
{
    return process->pid;
}

gboolean stunt_process_exited(const StuntProcess *process)
{
    return process->exited;
}

char *stunt_process_state_text(const StuntProcess *process)
{
    if (!process->exited) {
        return g_strdup("runs");
    }
    if (WIFSIGNALED(process->status)) {
        int number = WTERMSIG(process->status);

        return g_strdup_printf("was killed by signal %d (%s)", number, g_strsignal(number));
    }
    return g_strdup_printf("ended with exit status %d", WEXITSTATUS(process->status));
}

char *stunt_process_output(StuntProcess *process)
{
    stunt_output_drain(process->output);
    return stunt_output_tail(process->output);
}
