/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the commands share. A command is one file cmd-NAME.c with one StuntCliCommand. */
#ifndef STUNT_CLI_H
#define STUNT_CLI_H

#include <glib.h>
#include "stunt/scenario.h"

enum {
    STUNT_EXIT_OK = 0,
    STUNT_EXIT_FAIL = 1,
    STUNT_EXIT_BROKEN = 2,
    STUNT_EXIT_USAGE = 64,
    STUNT_EXIT_SIGNAL = 128
};

typedef struct {
    const char *name;
    const char *summary; /* for stunt --help */
    /* argv[0] is the command's name; config: --config given before it, or NULL. Returns the exit code. */
    int (*run)(int argc, char **argv, const char *config);
} StuntCliCommand;

extern const StuntCliCommand *const stunt_commands[]; /* NULL at the end */

/*
 * Reads options of a command and removes them from argv; entries end with an empty one. Adds --config.
 * usage: what follows the command's name, "[PATH|NAME …]". FALSE: *ret_exit is the exit code.
 */
gboolean stunt_cli_options(int *argc, char ***argv, const char *usage, const char *summary,
                           const GOptionEntry *entries, const char **config, int *ret_exit);

/* Prints "stunt: MESSAGE", frees the error, gives the exit code that it means. */
int stunt_cli_fail(GError *error);
/* Prints a usage error and where to read on; gives 64. */
int stunt_cli_usage(const char *command, const char *format, ...) G_GNUC_PRINTF(2, 3);
/* Prints which signal ended the command; gives the exit code. */
int stunt_cli_ended_by(int number);

/* Configuration and devices' descriptions. */
typedef struct {
    StuntSetup *setup;
    StuntSpec *spec;
} StuntBench;
/* Checks the environment's settings, too. Errors: as stunt_setup_load(), stunt_spec_load(), and INPUT. */
gboolean stunt_bench_open(StuntBench *bench, const char *config, GError **error);
/* The kernel that the user named is there; NULL: none was named. Errors: as stunt_setup_find_kernel(). */
gboolean stunt_bench_check_kernel(const StuntBench *bench, const char *name, GError **error);
void stunt_bench_close(StuntBench *bench);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(StuntBench, stunt_bench_close)

/*
 * Runs a program without input for at most so long, then kills it. ret_output gets what it wrote to both
 * outputs, ret_status its exit status, -1 when it was killed. Errors: FAILED (it did not start).
 */
gboolean stunt_cli_spawn(const char *const *argv, guint timeout_ms, char **ret_output, int *ret_status,
                         GError **error);

#endif
