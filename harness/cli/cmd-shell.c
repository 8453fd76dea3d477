/* SPDX-License-Identifier: GPL-2.0-or-later */
/* stunt shell: a live machine at a Lua prompt, or what a file or -e says to it. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cli.h"
#include "prompt.h"
#include "stunt/error.h"
#include "stunt/shell.h"

typedef struct {
    char *kernel, *iommu, *bug, *events;
    char **code;
    gint64 seed;
    guint next;          /* of code */
    gboolean interactive;
    StuntPrompt *prompt; /* NULL: lines come from code or the standard input */
    gboolean lost;       /* the event log could not be written */
} Shell;

/* ---- where lines come from ----------------------------------------------------------------------- */

static StuntInput read_code(Shell *self, char **ret_line)
{
    if (!self->code[self->next]) {
        return STUNT_INPUT_END;
    }
    *ret_line = g_strdup(self->code[self->next++]);
    return STUNT_INPUT_LINE;
}

static StuntInput read_input(char **ret_line)
{
    char *line = NULL;
    size_t room = 0;
    ssize_t len = getline(&line, &room, stdin);

    if (len >= 0) {
        *ret_line = g_strndup(line, (gsize)(len && line[len - 1] == '\n' ? len - 1 : len));
    }
    free(line);
    return len >= 0 ? STUNT_INPUT_LINE : STUNT_INPUT_END;
}

static StuntInput read_line(StuntShell *shell, gboolean more, char **ret_line, gpointer data)
{
    Shell *self = data;

    if (self->code) {
        return read_code(self, ret_line);
    }
    if (!self->interactive) {
        return read_input(ret_line);
    }
    if (!self->prompt) {
        printf("stunt %s. help() tells what there is, quit() or Ctrl-D ends.\n", stunt_version);
        self->prompt = stunt_prompt_new(shell);
    }
    return stunt_prompt_read(self->prompt, more, ret_line);
}

static void keep_events(GBytes *events, gpointer data)
{
    Shell *self = data;
    g_autoptr(GError) error = NULL;
    gsize len;
    const char *text = g_bytes_get_data(events, &len);

    if (self->events && !g_file_set_contents(self->events, text ? text : "", (gssize)len, &error)) {
        fprintf(stderr, "stunt: %s\n", error->message);
        self->lost = TRUE;
    }
}

/* ---- the command --------------------------------------------------------------------------------- */

static int go(Shell *self, const StuntBench *bench, const StuntScenarioFile *file, StuntSwitch iommu)
{
    GError *error = NULL;
    int status = 0;
    const StuntShellOptions options = {
        .setup = bench->setup,
        .spec = bench->spec,
        .file = file,
        .kernel = self->kernel,
        .iommu = iommu,
        .bug = self->bug,
        .seed = (guint64)self->seed,
        .source = self->code ? "-e" : self->interactive ? "prompt" : "stdin",
        .interactive = self->interactive,
        .progress = isatty(STDERR_FILENO) == 1,
        .read = read_line,
        .data = self,
        .ended = keep_events,
    };
    gboolean good = stunt_shell_run(&options, &status, &error);

    g_clear_pointer(&self->prompt, stunt_prompt_free);
    if (!good) {
        return stunt_cli_fail(error);
    }
    return status ? status : self->lost ? STUNT_EXIT_BROKEN : STUNT_EXIT_OK;
}

static int start(Shell *self, const char *name, const char *config)
{
    g_auto(StuntBench) bench = { 0 };
    g_autoptr(GPtrArray) scenarios = NULL;
    const char *words[] = { name, NULL };
    StuntSwitch iommu = STUNT_UNSAID;
    GError *error = NULL;

    if (self->iommu && !stunt_switch_parse(self->iommu, &iommu)) {
        return stunt_cli_usage("shell", "--iommu is on or off, not '%s'", self->iommu);
    }
    if (!stunt_bench_open(&bench, config, &error)) {
        return stunt_cli_fail(error);
    }
    if (!name) {
        return go(self, &bench, NULL, iommu);
    }
    scenarios = stunt_catalog_select(bench.setup->scenarios, words, &error);
    if (!scenarios) {
        return stunt_cli_fail(error);
    }
    if (scenarios->len != 1) {
        return stunt_cli_usage("shell", "one scenario, '%s' are %u", name, scenarios->len);
    }
    return go(self, &bench, scenarios->pdata[0], iommu);
}

static int run(int argc, char **argv, const char *config)
{
    static Shell self = { .seed = 1 }; /* what is set in it lives as long as the process */
    const GOptionEntry entries[] = {
        { "execute", 'e', 0, G_OPTION_ARG_STRING_ARRAY, &self.code, "run this and end; may come several times", "CODE" },
        { "kernel", 0, 0, G_OPTION_ARG_FILENAME, &self.kernel, "guest kernel", "NAME" },
        { "iommu", 0, 0, G_OPTION_ARG_STRING, &self.iommu, "with or without an IOMMU", "on|off" },
        { "bug", 0, 0, G_OPTION_ARG_STRING, &self.bug, "the driver has this planted bug", "NAME" },
        { "seed", 0, 0, G_OPTION_ARG_INT64, &self.seed, "seed of all randomness, 1 by default", "N" },
        { "events", 0, 0, G_OPTION_ARG_FILENAME, &self.events, "write the event log there at the end", "FILE" },
        G_OPTION_ENTRY_NULL,
    };
    int status;

    if (!stunt_cli_options(&argc, &argv, "[SCENARIO]",
                           "A live machine at a Lua prompt: that of the scenario, or one with a device of\n"
                           "each type. Input that is no terminal is run as a script.",
                           entries, &config, &status)) {
        return status;
    }
    if (argc > 2) {
        return stunt_cli_usage("shell", "one scenario at a time");
    }
    self.interactive = !self.code && isatty(STDIN_FILENO) == 1;
    return start(&self, argv[1], config);
}

const StuntCliCommand stunt_command_shell = { "shell", "a live machine at a Lua prompt", run };
