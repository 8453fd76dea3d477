/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Comparing the event logs of two runs of one scenario. */
#ifndef STUNT_CLI_LOGS_H
#define STUNT_CLI_LOGS_H

#include <glib.h>

/*
 * The part of a log that begins with the note of kind "start": the scenario's own, without the boot that may
 * stand before it. NULL when there is none, as in logs of older versions. The log ends with a zero byte.
 */
const char *stunt_log_start(const char *log);

typedef struct {
    guint line;          /* of the first log, counted in the whole of it */
    char *first, *other; /* the lines */
} StuntLogDifference;
void stunt_log_difference_clear(StuntLogDifference *difference);

/*
 * Compares from the scenario's start on, or the whole when only one log says where that is. TRUE: they are
 * equal, and *ret_difference is as it was. NULL is an empty log.
 */
gboolean stunt_logs_equal(GBytes *first, GBytes *other, StuntLogDifference *ret_difference);

#endif
