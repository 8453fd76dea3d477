/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Whether a scenario is reported or runs again. A verdict that a turbo start gave and that is not good is
 * checked by a strict run, and a process that died gets a second chance. No processes here: only what comes
 * next.
 */
#ifndef STUNT_CLI_RETRY_H
#define STUNT_CLI_RETRY_H

#include "collect.h"

typedef enum {
    STUNT_NEXT_REPORT,
    STUNT_NEXT_AGAIN,  /* as it was started before, in a new process */
    STUNT_NEXT_STRICT, /* with the start kind strict */
} StuntNext;

/* What happened to a scenario so far; begins as zeros. */
typedef struct {
    gboolean once;      /* never runs again: in real time each run is another */
    StuntOutcome turbo; /* to be checked */
    char *death;        /* how a process of it ended */
} StuntTries;
void stunt_tries_clear(StuntTries *tries);

/*
 * A run has ended. death: how its process ended, when that was by itself and not well, else NULL. For
 * STUNT_NEXT_REPORT *outcome is what to report, else it is taken and left empty.
 */
StuntNext stunt_tries_next(StuntTries *tries, StuntOutcome *outcome, const char *death);

#endif
