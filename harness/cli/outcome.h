/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What became of a run with faults, in the words of the field (docs/howto/run-a-campaign.md). */
#ifndef STUNT_CLI_OUTCOME_H
#define STUNT_CLI_OUTCOME_H

#include "stunt/result.h"

typedef enum {
    STUNT_NOT_ACTIVATED,   /* no rule fired */
    STUNT_MASKED,          /* one did, and nothing came of it */
    STUNT_RECOVERED,       /* noticed and made up for */
    STUNT_DUE,             /* noticed, the work was lost: detected unrecoverable error */
    STUNT_SDC,             /* not noticed, the data are wrong: silent data corruption */
    STUNT_HANG,
    STUNT_CRASH,
    STUNT_LATENT,          /* the work is right, but harm is left behind */
    STUNT_SIMULATOR_FAULT, /* the bench broke: the run says nothing of the driver */
    STUNT_N_OUTCOMES,
} StuntOutcomeKind;

const char *stunt_outcome_name(StuntOutcomeKind kind); /* "not-activated" … */
const char *stunt_outcome_doc(StuntOutcomeKind kind);

/*
 * By the verdict, by how the health oracle calls its finding, and by the workload's own word, "outcome WORD: …" as a step on the
 * timeline or in the reason of its FAIL. log: the run's event log, ended by a zero byte, or NULL.
 */
StuntOutcomeKind stunt_outcome_of(const StuntResult *result, const char *log);

#endif
