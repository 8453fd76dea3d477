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
    gsize equal_len; /* bytes compared that are the same in both */
    guint line;      /* where they differ: line of the first log, counted in the whole of it; 0: nowhere */
    char *first, *other; /* the two lines, or NULL */
} StuntLogComparison;
void stunt_log_comparison_clear(StuntLogComparison *comparison);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(StuntLogComparison, stunt_log_comparison_clear)

/*
 * Compares from the scenario's start on, or the whole when not both logs say where that is. NULL is an empty
 * log. TRUE: equal.
 */
gboolean stunt_logs_compare(GBytes *first, GBytes *other, StuntLogComparison *ret_comparison);

#endif
