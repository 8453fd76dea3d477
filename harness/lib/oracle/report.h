/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reports of the kernel: which lines of its log belong together. Pure. */
#ifndef STUNT_LIB_ORACLE_REPORT_H
#define STUNT_LIB_ORACLE_REPORT_H

#include "lib/oracle/sign.h"
#include "stunt/guest.h"

typedef struct {
    const StuntSign *sign;
    guint first, head, end; /* line numbers of the log: where it begins, what was recognised, behind its last */
} StuntReport;

/* All reports from line `from` on, in the order of their heads: a GArray of StuntReport. log: StuntKmsg *. */
GArray *stunt_reports_find(const GPtrArray *log, guint from);

/* Its lines, as a new array of char * that owns them. */
GPtrArray *stunt_report_lines(const StuntReport *report, const GPtrArray *log);

#endif
