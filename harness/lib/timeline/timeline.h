/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Inside of the timeline, shared by its storage and its text form. */
#ifndef STUNT_LIB_TIMELINE_H
#define STUNT_LIB_TIMELINE_H

#include "stunt/timeline.h"

typedef struct {
    gsize after; /* number of events before it */
    guint64 time_ns;
    char *kind;
    char *text;
} StuntNote;

typedef struct {
    char *name, *type;
} StuntTimelineDevice;

typedef struct {
    gsize from, to; /* indices: the events from `from` on and before `to` */
} StuntHidden;

struct StuntTimeline {
    GPtrArray *chunks; /* struct stunt_event[STUNT_CHUNK], so that nothing is ever copied again */
    gsize n_events;
    GArray *notes; /* StuntNote, in order */
    GArray *hidden; /* StuntHidden, in order, apart from each other */
    StuntTimelineDevice device[STUNT_SHM_DEVICES];
};

#define STUNT_CHUNK_SHIFT 14
#define STUNT_CHUNK       (1u << STUNT_CHUNK_SHIFT) /* events; 1 MiB */

#endif
