/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A running scenario's event log is an anonymous file, so that nothing is left of a killed run. Its worker
 * holds it open under a known number as long as the job runs, and /proc lets the same user read along.
 */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "follow.h"
#include "worker.h"

#define POLL_US 100000

struct StuntFollow {
    int worker; /* process */
    int events;
    struct stat job; /* the file that says what the worker runs: another one with the next job */
};

static char *proc_file(int pid, int fd)
{
    return g_strdup_printf("/proc/%d/fd/%d", pid, fd);
}

/* ---- finding ------------------------------------------------------------------------------------- */

static gboolean is_worker(int pid)
{
    g_autofree char *file = g_strdup_printf("/proc/%d/cmdline", pid);
    g_autofree char *text = NULL;
    gsize len, command;

    if (!g_file_get_contents(file, &text, &len, NULL)) {
        return FALSE;
    }
    command = strlen(text) + 1;
    return command < len && g_str_equal(text + command, STUNT_WORKER_COMMAND);
}

/* Whether the job's words name the scenario. */
static gboolean runs(int pid, const char *scenario)
{
    g_autofree char *file = proc_file(pid, STUNT_WORKER_JOB), *text = NULL;
    g_autofree char *wanted = g_strdup_printf("--name=%s", scenario);
    gsize len = 0;

    if (!g_file_get_contents(file, &text, &len, NULL)) {
        return FALSE;
    }
    for (gsize at = 0; at < len; at += strlen(text + at) + 1) {
        if (g_str_equal(text + at, wanted)) {
            return TRUE;
        }
    }
    return FALSE;
}

/* A zombie has no descriptors. */
static gboolean is_running(const StuntFollow *follow)
{
    g_autofree char *file = proc_file(follow->worker, STUNT_WORKER_JOB);
    struct stat now;

    return stat(file, &now) == 0 && now.st_dev == follow->job.st_dev && now.st_ino == follow->job.st_ino;
}

/* The job may end, and another one begin, at any moment of this. */
static StuntFollow *open_worker(int pid, const char *scenario)
{
    g_autofree char *job = proc_file(pid, STUNT_WORKER_JOB), *events = proc_file(pid, STUNT_WORKER_EVENTS);
    StuntFollow follow = { .worker = pid, .events = -1 };

    if (stat(job, &follow.job) || !runs(pid, scenario)) {
        return NULL;
    }
    follow.events = open(events, O_RDONLY | O_CLOEXEC);
    if (follow.events < 0 || !is_running(&follow)) {
        close(follow.events);
        return NULL;
    }
    return g_memdup2(&follow, sizeof(follow));
}

StuntFollow *stunt_follow_open(const char *scenario)
{
    g_autoptr(GDir) dir = g_dir_open("/proc", 0, NULL);
    StuntFollow *follow = NULL;
    const char *entry;

    while (dir && !follow && (entry = g_dir_read_name(dir))) {
        int pid = atoi(entry);

        follow = pid > 0 && is_worker(pid) ? open_worker(pid, scenario) : NULL;
    }
    return follow;
}

void stunt_follow_free(StuntFollow *follow)
{
    if (follow) {
        close(follow->events);
        g_free(follow);
    }
}

/* ---- reading ------------------------------------------------------------------------------------- */

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

void stunt_follow_lines(StuntFollow *follow, gboolean (*line)(const char *text, gpointer data), gpointer data)
{
    g_autoptr(GString) buffer = g_string_new(NULL);
    gboolean running = TRUE;
    char part[4096];
    ssize_t n = 0;

    while (running || n > 0) {
        running = is_running(follow); /* asked before reading: what it wrote at last is still read */
        n = read(follow->events, part, sizeof(part));
        if (n > 0) {
            g_string_append_len(buffer, part, n);
            if (!take_lines(buffer, line, data)) {
                return;
            }
        } else if (running) {
            g_usleep(POLL_US);
        }
    }
}
