/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Runs scenarios in worker processes, several at once. */
#ifndef STUNT_CLI_JOBS_H
#define STUNT_CLI_JOBS_H

#include "cli.h"

/* What a finished run left. Strings and bytes belong to it. */
typedef struct {
    StuntResult *result;
    GBytes *events, *kernel_log;
} StuntOutcome;
void stunt_outcome_clear(StuntOutcome *outcome);

typedef struct {
    const StuntSetup *setup;
    const GPtrArray *scenario; /* StuntScenarioFile * */
    const char *kernel;        /* NULL: the scenario's, else the default */
    const char *console;       /* file for the serial console of the only scenario, or NULL */
    guint64 seed;
    guint64 wall_limit_ms; /* 0: the default */
    guint jobs;            /* at once, at least 1 */

    /* index: of the scenario. All may be NULL. */
    void (*started)(guint index, gpointer data);
    void (*progress)(guint index, const char *what, guint64 virtual_ns, gpointer data);
    void (*finished)(guint index, StuntOutcome *outcome, gpointer data); /* may take from the outcome */
    gpointer data;
} StuntJobs;

/*
 * Runs all; returns 0, or the number of the signal (SIGINT, SIGTERM, SIGHUP) that ended it. Then running
 * scenarios were killed and have no outcome. Blocks, and runs the default main context. Every scenario that
 * was not ended by a signal has exactly one outcome, an ERROR when its process broke.
 */
int stunt_jobs_run(const StuntJobs *jobs);

/* ---- collect.c ----------------------------------------------------------------------------------- */

/* Anonymous files that a worker fills. */
typedef struct {
    int result, events, kernel_log, errors; /* descriptors */
} StuntCollect;
gboolean stunt_collect_open(StuntCollect *collect, GError **error);
void stunt_collect_close(StuntCollect *collect);

/* Reads them after the worker's end; why: how it ended when that was not well, else NULL. */
void stunt_collect_read(const StuntCollect *collect, const StuntScenarioFile *scenario, guint64 seed,
                        const char *why, StuntOutcome *ret_outcome);

#endif
