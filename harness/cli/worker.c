/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The hidden command that runs one scenario. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "cli.h"
#include "stunt/error.h"
#include "worker.h"

#define FLUSH_US 200000  /* at most so often, and … */
#define FLUSH_SHARE 20   /* … so that it takes at most one part in so many */

typedef struct {
    char *name, *file, *kernel, *console;
    gint64 seed, wall_limit_ms, parent;
} Arguments;

typedef struct {
    gint64 next_us; /* when the event log is due */
    gsize written;  /* bytes of it that are out */
} Live;

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

static void on_progress(const char *what, guint64 virtual_ns, StuntTimeline *timeline, gpointer data)
{
    g_autofree char *line = g_strdup_printf("%" G_GUINT64_FORMAT " %s", virtual_ns, what);

    g_strdelimit(line, "\n\r", ' ');
    dprintf(STUNT_WORKER_PROGRESS, "%s\n", line);
    flush_events(data, timeline);
}

static gboolean write_bytes(int fd, GBytes *bytes)
{
    gsize len;
    const char *data = g_bytes_get_data(bytes, &len);

    return write_at(fd, data, len, 0) && ftruncate(fd, (off_t)len) == 0;
}

static int run(const StuntBench *bench, const Arguments *arguments)
{
    Live live = { 0 };
    StuntRunRequest request = {
        .setup = bench->setup,
        .spec = bench->spec,
        .name = arguments->name,
        .file = arguments->file,
        .kernel = arguments->kernel,
        .console = arguments->console,
        .seed = (guint64)arguments->seed,
        .wall_limit_ms = (guint64)arguments->wall_limit_ms,
        .progress = on_progress,
        .data = &live,
    };
    g_autoptr(GBytes) events = NULL, kernel_log = NULL;
    g_autoptr(StuntResult) result = stunt_scenario_run(&request, &events, &kernel_log);
    g_autoptr(JsonNode) json = stunt_result_to_full_json(result);
    char *text = stunt_json_to_text(json);
    g_autoptr(GBytes) bytes = g_bytes_new_take(text, strlen(text));

    if (!write_bytes(STUNT_WORKER_EVENTS, events) || !write_bytes(STUNT_WORKER_KERNEL, kernel_log) ||
        !write_bytes(STUNT_WORKER_RESULT, bytes)) {
        fprintf(stderr, "stunt: cannot hand the result over: %s\n", g_strerror(errno));
        return STUNT_EXIT_BROKEN;
    }
    return STUNT_EXIT_OK;
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
    return prctl(PR_SET_PDEATHSIG, SIGKILL) == 0 && getppid() == (pid_t)parent;
}

int stunt_worker_main(int argc, char **argv)
{
    static Arguments arguments; /* its strings live as long as the process */
    const GOptionEntry entries[] = {
        { "name", 0, 0, G_OPTION_ARG_FILENAME, &arguments.name, "scenario", "NAME" },
        { "file", 0, 0, G_OPTION_ARG_FILENAME, &arguments.file, "its file", "FILE" },
        { "kernel", 0, 0, G_OPTION_ARG_FILENAME, &arguments.kernel, "kernel", "NAME" },
        { "console", 0, 0, G_OPTION_ARG_FILENAME, &arguments.console, "serial console", "FILE" },
        { "seed", 0, 0, G_OPTION_ARG_INT64, &arguments.seed, "seed", "N" },
        { "wall-limit", 0, 0, G_OPTION_ARG_INT64, &arguments.wall_limit_ms, "backstop", "MS" },
        { "parent", 0, 0, G_OPTION_ARG_INT64, &arguments.parent, "process that reads the result", "PID" },
        G_OPTION_ENTRY_NULL,
    };
    g_auto(StuntBench) bench = { 0 };
    static const char *config;
    GError *error = NULL;
    int status;

    if (!stunt_cli_options(&argc, &argv, "", "Runs one scenario for 'stunt run'.", entries, &config,
                           &status)) {
        return status;
    }
    if (!arguments.name || !arguments.file || !follow_parent(arguments.parent)) {
        return stunt_cli_usage(NULL, "%s is only for stunt itself", STUNT_WORKER_COMMAND);
    }
    if (!stunt_bench_open(&bench, config, &error)) {
        return stunt_cli_fail(error);
    }
    return run(&bench, &arguments);
}
