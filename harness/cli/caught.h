/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which planted bugs were caught: what to run, and what the results say. No processes here. */
#ifndef STUNT_CLI_CAUGHT_H
#define STUNT_CLI_CAUGHT_H

#include "cli.h"

/* One scenario on the variant with one bug, or on the real driver. */
typedef struct {
    const StuntBug *bug; /* NULL: the real driver */
    const StuntScenarioFile *scenario;
    gboolean claimed;    /* the scenario says that it catches the bug */
    StuntResult *result; /* NULL: not run; owned */
} StuntCase;

/* An empty list of StuntCase * that owns them. */
GPtrArray *stunt_cases_new(void);
void stunt_cases_add(GPtrArray *cases, const StuntBug *bug, const StuntScenarioFile *scenario, gboolean claimed);

/* What made a run FAIL, in a word or two: "hang", "panic", "misuse", "kernel log", "expectation"; "" for other
 * verdicts. */
const char *stunt_case_how(const StuntCase *one);

/*
 * Whether the cases of one bug, all that were run, show that it is caught as the scenarios claim; for the real
 * driver (bug NULL): whether each passes. ret_why is what is wrong, else NULL. Free with g_free.
 */
gboolean stunt_cases_judge(const GPtrArray *cases, const StuntBug *bug, char **ret_why);

#endif
