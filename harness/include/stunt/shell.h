/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A live machine at a Lua prompt: all that a scenario can say, and functions to step, look and go back. */
#ifndef STUNT_SHELL_H
#define STUNT_SHELL_H

#include <glib.h>
#include "stunt/scenario.h"

typedef struct StuntShell StuntShell;

typedef enum {
    STUNT_INPUT_LINE,
    STUNT_INPUT_END,   /* end of file, Ctrl-D */
    STUNT_INPUT_BREAK, /* Ctrl-C: what was typed is dropped */
} StuntInput;

typedef struct {
    const StuntSetup *setup;
    const StuntSpec *spec;
    const StuntScenarioFile *file; /* the scenario whose machine it is; NULL: one with a device of each type */
    const char *kernel;            /* as in StuntRunRequest */
    StuntSwitch iommu;
    const char *bug;
    guint64 seed;

    const char *source;   /* name of the input in errors: "stdin" */
    gboolean interactive; /* people sit before it: an error does not end it, nothing has a deadline */
    gboolean progress;    /* what runs for long says so on the standard error output */
    /* The next line, without newline; free with g_free. `more`: it goes on with what is not whole yet. */
    StuntInput (*read)(StuntShell *shell, gboolean more, char **ret_line, gpointer data);
    gpointer data;
    /* At the end: the event log, as `stunt events` shows it; or NULL. */
    void (*ended)(GBytes *events, gpointer data);
} StuntShellOptions;

/*
 * Starts the machine and runs what is read, until the input ends, quit() or, unless interactive, an error. Results go
 * to the standard output, errors to the standard error output. Takes SIGINT while it runs. FALSE with an error: there
 * is no machine. ret_status: exit status of the input, 0 or 1, 130 when a signal ended it, or what quit() was given.
 */
gboolean stunt_shell_run(const StuntShellOptions *options, int *ret_status, GError **error);

/* For the reader. Virtual time where the machine stands. */
guint64 stunt_shell_now_ns(const StuntShell *shell);
/* A descriptor that is readable when SIGINT has come; stunt_shell_take_break() says so once. */
int stunt_shell_break_fd(const StuntShell *shell);
gboolean stunt_shell_take_break(StuntShell *shell);
/* As stunt_complete(): candidates for the word that ends at `cursor` of the line. */
GPtrArray *stunt_shell_complete(StuntShell *shell, const char *line, gsize cursor, gsize *ret_start);

#endif
