/* SPDX-License-Identifier: GPL-2.0-or-later */
/* SIGINT: a flag for the script's instruction hook, and a byte that wakes whoever waits for the machine. */
#include <errno.h>
#include <fcntl.h>
#include <glib-unix.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "lib/shell/shell.h"

static StuntRuntime *runtime;
static int wake[2] = { -1, -1 };
static volatile sig_atomic_t came;
static guint source;
static struct sigaction before;

static void on_signal(int number)
{
    int kept = errno;
    ssize_t written;

    (void)number;
    came = 1;
    runtime->sandbox.interrupted = 1;
    written = write(wake[1], "", 1); /* a full pipe wakes as well */
    (void)written;
    errno = kept;
}

static void empty(void)
{
    char bytes[64];

    while (read(wake[0], bytes, sizeof(bytes)) > 0) {
    }
}

/* Somebody lets the machine run, and waits for it in the main context. */
static gboolean on_wake(gint fd, GIOCondition condition, gpointer data)
{
    (void)fd;
    (void)condition;
    (void)data;
    empty();
    stunt_vm_break(runtime->vm, TRUE);
    return G_SOURCE_CONTINUE;
}

gboolean stunt_interrupt_open(StuntRuntime *of)
{
    struct sigaction action = { .sa_handler = on_signal };

    if (!g_unix_open_pipe(wake, FD_CLOEXEC, NULL)) {
        return FALSE;
    }
    g_unix_set_fd_nonblocking(wake[0], TRUE, NULL);
    g_unix_set_fd_nonblocking(wake[1], TRUE, NULL);
    runtime = of;
    came = 0;
    source = g_unix_fd_add(wake[0], G_IO_IN, on_wake, NULL);
    sigemptyset(&action.sa_mask);
    sigaction(SIGINT, &action, &before);
    return TRUE;
}

void stunt_interrupt_close(void)
{
    sigaction(SIGINT, &before, NULL);
    g_source_remove(source);
    close(wake[0]);
    close(wake[1]);
    runtime = NULL;
}

gboolean stunt_interrupt_take(void)
{
    gboolean was = came != 0;

    empty();
    came = 0;
    stunt_sandbox_resume(&runtime->sandbox);
    stunt_vm_break(runtime->vm, FALSE);
    return was;
}

int stunt_interrupt_fd(void)
{
    return wake[0];
}
