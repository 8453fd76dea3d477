/* SPDX-License-Identifier: GPL-2.0-or-later */
/* stunt check: the project's tests belong to the source tree, so its launcher runs them. */
#include <stdio.h>

#include "cli.h"

static int run(int argc, char **argv, const char *config)
{
    int status;

    if (!stunt_cli_options(&argc, &argv, "[SUITE …]",
                           "Runs the project's tests. This needs the source tree: there, ./stunt check\n"
                           "does it, with 'meson test' in the build directory.",
                           NULL, &config, &status)) {
        return status;
    }
    fprintf(stderr,
            "stunt: check runs the project's own tests and needs its source tree: start './stunt check'\n"
            "there, or 'meson test' in a build directory. 'stunt doctor' looks at this machine.\n");
    return STUNT_EXIT_BROKEN;
}

const StuntCliCommand stunt_command_check = { "check", "run the project's tests (in a source tree)", run };
