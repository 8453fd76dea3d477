/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a scenario lets pass, and what it wants to be found. */
#ifndef STUNT_LIB_EXPECT_H
#define STUNT_LIB_EXPECT_H

#include "stunt/finding.h"
#include "stunt/guest.h"

typedef struct StuntExpectations StuntExpectations;

StuntExpectations *stunt_expectations_new(void);
void stunt_expectations_free(StuntExpectations *expectations);

/* Errors: INPUT (what is wrong with the pattern). */
gboolean stunt_expectations_allow(StuntExpectations *expectations, const char *pattern, GError **error);
gboolean stunt_expectations_add(StuntExpectations *expectations, const char *kind, const char *pattern,
                                gint64 count, GError **error);

gboolean stunt_expectations_has(const StuntExpectations *expectations, const char *kind);

/* Whether a pattern allows the report. */
gboolean stunt_expectations_allows(const StuntExpectations *expectations, const StuntFinding *finding);

/*
 * Sets finding->expected when one of them has room for it, and counts it there. head: the line of the log that
 * it comes from, or NULL. FALSE: it was counted before, when the log was judged up to here already.
 */
gboolean stunt_expectations_take(StuntExpectations *expectations, StuntFinding *finding, StuntKmsg *head);

/* "1 finding (kind warn) was expected, there were none" for the first that is not full; NULL: all are. */
char *stunt_expectations_missing(const StuntExpectations *expectations);

#endif
