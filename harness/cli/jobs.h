/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Runs scenarios in worker processes, several at once. */
#ifndef STUNT_CLI_JOBS_H
#define STUNT_CLI_JOBS_H

#include "collect.h"

#define STUNT_DEFAULT_START         STUNT_START_TURBO
#define STUNT_DEFAULT_VERIFY_RESETS 64

/* Fault rules beside the scenario's own. */
typedef struct {
    const char *name, *text; /* TOML */
} StuntJobPlan;

typedef struct {
    const StuntSetup *setup;
    const StuntSpec *spec;     /* NULL: scenarios with the same machine are not kept together */
    const GPtrArray *scenario; /* StuntScenarioFile * */
    const char *const *bug;    /* by index: planted in the driver, or NULL; NULL: no scenario has one */
    const StuntJobPlan *plan;  /* by index, text may be NULL; NULL: no scenario has one */
    const guint64 *seeds;      /* by index; NULL: all have `seed` */
    const char *kernel;        /* NULL: the scenario's, else the default */
    StuntSwitch iommu;         /* see StuntRunRequest */
    const char *dump;          /* folder for the memory of guests that hang or panic, or NULL */
    const char *console;       /* file for the serial console of the only scenario, or NULL */
    guint64 seed;
    guint64 wall_limit_ms; /* 0: the default */
    guint jobs;            /* at once, at least 1 */
    StuntStartKind start;
    guint verify_resets; /* see StuntStarterOptions */

    /* index: of the scenario. All may be NULL. */
    void (*started)(guint index, gpointer data);
    void (*progress)(guint index, const char *what, guint64 virtual_ns, gpointer data);
    void (*finished)(guint index, StuntOutcome *outcome, gpointer data); /* may take from the outcome */
    gpointer data;
} StuntJobs;

/*
 * Runs all; returns 0, or the number of the signal (SIGINT, SIGTERM, SIGHUP) that ended it. Then running
 * scenarios were killed and have no outcome. Blocks, and runs the default main context. Every scenario that
 * was not ended by a signal has exactly one outcome, an ERROR when its process broke; retry.h tells which run
 * twice before.
 */
int stunt_jobs_run(const StuntJobs *jobs);

#endif
