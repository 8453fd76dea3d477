/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The timeline of one run: every event of every device, in order, and what the harness and the guest
 * said in between (notes). Its text form is the event log, byte-identical for identical runs.
 */
#ifndef STUNT_TIMELINE_H
#define STUNT_TIMELINE_H

#include <glib.h>
#include <stdint.h>
#include "stunt/proto.h"

typedef struct StuntTimeline StuntTimeline;

StuntTimeline *stunt_timeline_new(void);
void stunt_timeline_free(StuntTimeline *timeline);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(StuntTimeline, stunt_timeline_free)

/* Names device `index`; needed before its first event is printed. Copies both strings. */
void stunt_timeline_set_device(StuntTimeline *timeline, guint index, const char *name, const char *type);

/* Appends copies of n events, in order. */
void stunt_timeline_append(StuntTimeline *timeline, const struct stunt_event *event, gsize n);

/*
 * Appends a note after the newest event: kind is one word ("step", "output", "kernel", "rule"), text one
 * line: what would break it is escaped.
 */
void stunt_timeline_note(StuntTimeline *timeline, guint64 time_ns, const char *kind, const char *text);

gsize stunt_timeline_events(const StuntTimeline *timeline);                             /* number of events */
const struct stunt_event *stunt_timeline_event(const StuntTimeline *timeline, gsize i); /* i-th, borrowed */

gsize stunt_timeline_lines(const StuntTimeline *timeline); /* number of lines of the log so far */

/* Number of the newest event that is not hidden, 0 when there is none. */
guint64 stunt_timeline_last_seq(const StuntTimeline *timeline);

/*
 * Hides the events from index `from` up to now: a way that was given up when the machine went back, or what
 * came before a run. They stay in the log, and keep their index, but no query finds them. After going back
 * numbers repeat, and an index says nothing about a number.
 */
void stunt_timeline_hide(StuntTimeline *timeline, gsize from);

/* "dma0", or "?" for an unknown index. Borrowed. -1 for an unknown name. */
const char *stunt_timeline_device_name(const StuntTimeline *timeline, guint index);
int stunt_timeline_device_index(const StuntTimeline *timeline, const char *name);

/* What events to select: all that agree with every given part. */
typedef struct {
    int device;   /* index, -1: any */
    int class_id; /* STUNT_EV_…, -1: any */
    gsize from;   /* index of the first event to look at */
    guint64 since; /* events up to this number are left out */
    guint8 used;  /* bit per field to compare */
    guint64 value[5];
    guint64 mask[5];
} StuntEventQuery;

/*
 * Moves *i to the first matching event at or behind it that is not hidden. FALSE: there is none. The query's
 * `from` is for its user to begin with.
 */
gboolean stunt_timeline_next(const StuntTimeline *timeline, const StuntEventQuery *query, gsize *i);

/* Number of matching events that are not hidden; with ret_first, the index of the first goes there. */
gsize stunt_timeline_count(const StuntTimeline *timeline, const StuntEventQuery *query, gsize *ret_first);

/*
 * One line without newline, "     1.234567890  #000042  dma0  irq.raise  vector=1 mode=2  rule=1".
 * Free with g_free.
 */
char *stunt_timeline_format_event(const StuntTimeline *timeline, const struct stunt_event *event);

/*
 * The whole log, events and notes, one a line, newline after each. Append-only over the life of the timeline.
 * Free with g_free.
 */
char *stunt_timeline_to_text(const StuntTimeline *timeline, gsize *ret_len);

/* The last n lines of the log, for error messages. Free with g_free. */
char *stunt_timeline_tail(const StuntTimeline *timeline, guint n);

#endif
