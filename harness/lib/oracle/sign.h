/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Lines of the kernel's log that report trouble. Pure. */
#ifndef STUNT_LIB_SIGN_H
#define STUNT_LIB_SIGN_H

#include <glib.h>

/* How far a report reaches that begins with such a line. */
typedef enum {
    STUNT_REPORT_LINE,  /* that line alone */
    STUNT_REPORT_TRACE, /* to the end of its call trace */
    STUNT_REPORT_FRAME, /* to "---[ end trace" */
    STUNT_REPORT_RULE,  /* to a line of ===== */
    STUNT_REPORT_REST,  /* to the end of the log */
} StuntReportShape;

typedef struct {
    const char *kind;    /* name of a StuntKind */
    const char *pattern; /* Perl-compatible */
    StuntReportShape shape;
    guint64 taint; /* bits of /proc/sys/kernel/tainted that such a report explains */
    gboolean leads; /* a framed report that follows at once is part of it */
} StuntSign;

/* The first of the table that fits the line; NULL: it reports no trouble. */
const StuntSign *stunt_sign_of(const char *line);

#endif
