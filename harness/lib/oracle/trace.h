/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Call traces as the kernel prints them. Pure. */
#ifndef STUNT_LIB_TRACE_H
#define STUNT_LIB_TRACE_H

#include <glib.h>

typedef struct {
    char *function;
    char *module; /* NULL: the kernel itself */
    guint64 offset, size;
    gboolean exact; /* the instruction itself (RIP), not the one behind a call */
    char *source;   /* "guest-driver/dma/job.c:12" once it is known; or NULL */
} StuntFrame;

void stunt_frame_free(StuntFrame *frame);

/* "  func+0x12/0x40 [module]". NULL: it is none, or one that the kernel is not sure of ("? "). */
StuntFrame *stunt_frame_parse(const char *line);

/* The calls of the first trace among the lines (char *), the innermost first: a GPtrArray of StuntFrame. */
GPtrArray *stunt_trace_parse(const GPtrArray *lines);

/* The call that tells where it happened: the innermost in a module, else the innermost. NULL: there is none. */
const StuntFrame *stunt_trace_culprit(const GPtrArray *trace);

/* "stunt_dma: job_done+0x12/0x40 (dma/job.c:12)". Free with g_free. */
char *stunt_frame_text(const StuntFrame *frame);

#endif
