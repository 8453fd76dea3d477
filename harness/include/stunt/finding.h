/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the health oracle can find, and one thing that it found. Plain data. */
#ifndef STUNT_FINDING_H
#define STUNT_FINDING_H

#include <glib.h>

/* A kind of trouble: what scenarios expect and results say. */
typedef struct {
    const char *name; /* "hung-task" */
    const char *doc;  /* one line */
} StuntKind;

extern const StuntKind stunt_kinds[]; /* a NULL name ends them */

const StuntKind *stunt_kind_by_name(const char *name); /* NULL: there is none */
GPtrArray *stunt_kind_names(void);                      /* char *, static; for suggestions */

typedef struct {
    char *kind;         /* name of a StuntKind */
    char *text;         /* one line that says what is wrong */
    char *where;        /* "stunt_dma: toy_remove+0x12/0x40 (dma/toy.c:34)", "" when nothing tells */
    GPtrArray *trace;   /* char *, one call a line, the innermost first; empty when there is none */
    GPtrArray *report;  /* char *, all lines of the kernel's report */
    gboolean expected;  /* the scenario said so */
} StuntFinding;

/* Copies the strings. where "", trace and report empty. */
StuntFinding *stunt_finding_new(const char *kind, const char *text);
void stunt_finding_free(StuntFinding *finding);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(StuntFinding, stunt_finding_free)

GPtrArray *stunt_findings_new(void); /* of StuntFinding *, which it owns */

#endif
