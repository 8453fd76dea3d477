/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A running scenario's event log is an anonymous file, so that nothing is left of a killed run. Its worker
 * holds it open under a known number, and /proc lets the same user read along.
 */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "follow.h"
#include "worker.h"

#define POLL_US 100000

static char *read_cmdline(int pid, gsize *ret_len)
{
    g_autofree char *file = g_strdup_printf("/proc/%d/cmdline", pid);
    char *text = NULL;

    return g_file_get_contents(file, &text, ret_len, NULL) ? text : NULL;
}

/* Whether the process is a worker that runs the scenario. */
static gboolean runs(int pid, const char *scenario)
{
    g_autofree char *wanted = g_strdup_printf("--name=%s", scenario);
    gsize len = 0;
    g_autofree char *text = read_cmdline(pid, &len);
    gboolean worker = FALSE, named = FALSE;

    for (gsize at = 0, n = 0; text && at < len; at += strlen(text + at) + 1, n++) {
        worker |= n == 1 && g_str_equal(text + at, STUNT_WORKER_COMMAND);
        named |= g_str_equal(text + at, wanted);
    }
    return worker && named;
}

static int open_log(int pid)
{
    g_autofree char *file = g_strdup_printf("/proc/%d/fd/%d", pid, STUNT_WORKER_EVENTS);

    return open(file, O_RDONLY | O_CLOEXEC);
}

int stunt_follow_open(const char *scenario, int *ret_worker_pid)
{
    g_autoptr(GDir) dir = g_dir_open("/proc", 0, NULL);
    const char *entry;

    while (dir && (entry = g_dir_read_name(dir))) {
        int pid = atoi(entry);
        int fd = pid > 0 && runs(pid, scenario) ? open_log(pid) : -1;

        if (fd >= 0) {
            *ret_worker_pid = pid;
            return fd;
        }
    }
    return -1;
}

static gboolean is_alive(int pid)
{
    g_autofree char *file = g_strdup_printf("/proc/%d/fd/%d", pid, STUNT_WORKER_EVENTS);

    return g_file_test(file, G_FILE_TEST_EXISTS); /* a zombie has no descriptors */
}

/* Hands over the whole lines of the buffer; FALSE to stop. */
static gboolean take_lines(GString *buffer, gboolean (*line)(const char *, gpointer), gpointer data)
{
    char *end;

    while ((end = strchr(buffer->str, '\n'))) {
        *end = '\0';
        if (!line(buffer->str, data)) {
            return FALSE;
        }
        g_string_erase(buffer, 0, end + 1 - buffer->str);
    }
    return TRUE;
}

void stunt_follow_lines(int fd, int worker_pid, gboolean (*line)(const char *text, gpointer data),
                        gpointer data)
{
    g_autoptr(GString) buffer = g_string_new(NULL);
    gboolean alive = TRUE;
    char part[4096];
    ssize_t n = 0;

    while (alive || n > 0) {
        alive = is_alive(worker_pid); /* asked before reading: what it wrote at last is still read */
        n = read(fd, part, sizeof(part));
        if (n > 0) {
            g_string_append_len(buffer, part, n);
            if (!take_lines(buffer, line, data)) {
                return;
            }
        } else if (alive) {
            g_usleep(POLL_US);
        }
    }
}
