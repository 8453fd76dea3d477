/* SPDX-License-Identifier: GPL-2.0-or-later */
/* stunt describe --live: a running machine as guest and model each see it. */
#ifndef STUNT_CLI_LIVE_H
#define STUNT_CLI_LIVE_H

#include "cli.h"

typedef struct {
    const char *kernel; /* name or path; NULL: the scenario's, else the default */
    gboolean at_end;    /* look when the scenario's script has ended, not before it begins */
    gboolean json;
} StuntLiveOptions;

/*
 * Starts the machine of a scenario, or with NULL one with a device of each type, loads its modules, looks and prints.
 * Returns the exit code: 1 when guest and model disagree.
 */
int stunt_cli_live(const StuntBench *bench, const StuntScenarioFile *file, const StuntLiveOptions *options);

#endif
