/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The anonymous files of one job: a killed run leaves nothing behind. */
#ifndef STUNT_CLI_COLLECT_H
#define STUNT_CLI_COLLECT_H

#include "cli.h"
#include "stunt/report.h"
#include "worker.h"

/* What a finished run left. Strings and bytes belong to it. */
typedef struct {
    StuntResult *result;
    StuntResultLogs logs;
} StuntOutcome;
void stunt_outcome_clear(StuntOutcome *outcome);

typedef struct {
    int fd[STUNT_WORKER_FILES]; /* in the order of the worker's descriptors */
} StuntCollect;
#define STUNT_COLLECT_CLOSED ((StuntCollect){ { -1, -1, -1, -1, -1 } })

/* Makes the files; the first has the job's words already. Errors: FAILED. */
gboolean stunt_collect_open(StuntCollect *collect, const char *const *words, GError **error);
void stunt_collect_close(StuntCollect *collect);

/*
 * Reads what the worker left. why: how the run ended when there is no result, else NULL; said: the worker's
 * own last words. Always gives a result.
 */
void stunt_collect_read(const StuntCollect *collect, const StuntScenarioFile *scenario, guint64 seed,
                        const char *why, GBytes *said, StuntOutcome *ret_outcome);

/* An anonymous file; its content. Errors: FAILED. */
int stunt_collect_file(const char *name, GError **error);
GBytes *stunt_collect_content(int fd);

#endif
