/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the commands share: options, errors, configuration, helpers that run. */
#include <gio/gio.h>
#include <stdio.h>

#include "cli.h"
#include "stunt/error.h"
#include "stunt/start.h"

gboolean stunt_cli_options(int *argc, char ***argv, const char *usage, const char *summary,
                           const GOptionEntry *entries, const char **config, int *ret_exit)
{
    const GOptionEntry shared[] = {
        { "config", 0, 0, G_OPTION_ARG_FILENAME, config, "configuration file", "FILE" },
        G_OPTION_ENTRY_NULL,
    };
    g_autoptr(GOptionContext) context = g_option_context_new(usage);
    const char *command = (*argv)[0];
    g_autofree char *program = g_strdup_printf("stunt %s", command);
    g_autoptr(GError) error = NULL;

    g_set_prgname(program);
    g_option_context_set_summary(context, summary);
    if (entries) {
        g_option_context_add_main_entries(context, entries, NULL);
    }
    g_option_context_add_main_entries(context, shared, NULL);
    if (!g_option_context_parse(context, argc, argv, &error)) {
        *ret_exit = stunt_cli_usage(command, "%s", error->message);
        return FALSE;
    }
    return TRUE;
}

int stunt_cli_fail(GError *error)
{
    gboolean input = g_error_matches(error, STUNT_ERROR, STUNT_ERROR_INPUT);

    fprintf(stderr, "stunt: %s\n", error->message);
    g_error_free(error);
    return input ? STUNT_EXIT_USAGE : STUNT_EXIT_BROKEN;
}

int stunt_cli_usage(const char *command, const char *format, ...)
{
    g_autofree char *text = NULL;
    va_list args;

    va_start(args, format);
    text = g_strdup_vprintf(format, args);
    va_end(args);
    fprintf(stderr, "stunt: %s\nTry 'stunt %s%s--help'.\n", text, command ? command : "", command ? " " : "");
    return STUNT_EXIT_USAGE;
}

int stunt_cli_ended_by(int number)
{
    fprintf(stderr, "stunt: ended by signal %d\n", number);
    return STUNT_EXIT_SIGNAL + number;
}

gboolean stunt_bench_open(StuntBench *bench, const char *config, GError **error)
{
    guint64 limit;

    bench->setup = stunt_templates_limit(&limit, error) ? stunt_setup_load(config, error) : NULL;
    bench->spec = bench->setup ? stunt_spec_load(bench->setup->spec, error) : NULL;
    return bench->spec != NULL;
}

gboolean stunt_bench_check_kernel(const StuntBench *bench, const char *name, GError **error)
{
    g_autoptr(StuntKernel) kernel = name ? stunt_setup_find_kernel(bench->setup, name, error) : NULL;

    return !name || kernel;
}

void stunt_bench_close(StuntBench *bench)
{
    g_clear_pointer(&bench->spec, stunt_spec_free);
    g_clear_pointer(&bench->setup, stunt_setup_free);
}

/* ---- running a program --------------------------------------------------------------------------- */

typedef struct {
    GSubprocess *process;
    GMainLoop *loop;
    char *output;
    gboolean late;
} Spawned;

static void on_done(GObject *source, GAsyncResult *result, gpointer data)
{
    Spawned *spawned = data;

    g_subprocess_communicate_utf8_finish(G_SUBPROCESS(source), result, &spawned->output, NULL, NULL);
    g_main_loop_quit(spawned->loop);
}

static gboolean on_late(gpointer data)
{
    Spawned *spawned = data;

    spawned->late = TRUE;
    g_subprocess_force_exit(spawned->process);
    return G_SOURCE_REMOVE;
}

gboolean stunt_cli_spawn(const char *const *argv, guint timeout_ms, char **ret_output, int *ret_status,
                         GError **error)
{
    g_autoptr(GError) inner = NULL;
    g_autoptr(GSubprocess) process =
        g_subprocess_newv(argv, G_SUBPROCESS_FLAGS_STDOUT_PIPE | G_SUBPROCESS_FLAGS_STDERR_MERGE, &inner);
    g_autoptr(GMainLoop) loop = g_main_loop_new(NULL, FALSE);
    Spawned spawned = { process, loop, NULL, FALSE };
    guint timer;

    if (!process) {
        g_set_error(error, STUNT_ERROR, STUNT_ERROR_FAILED, "%s", inner->message);
        return FALSE;
    }
    timer = g_timeout_add(timeout_ms, on_late, &spawned);
    g_subprocess_communicate_utf8_async(process, NULL, NULL, on_done, &spawned);
    g_main_loop_run(loop);
    if (!spawned.late) {
        g_source_remove(timer);
    }
    *ret_status =
        !spawned.late && g_subprocess_get_if_exited(process) ? g_subprocess_get_exit_status(process) : -1;
    *ret_output = spawned.output ? spawned.output : g_strdup("");
    return TRUE;
}
