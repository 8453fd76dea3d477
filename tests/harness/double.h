/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Stands in for QEMU, the link and a guest with its agent: says on QMP and in the shared memory what they
 * would say,
 * when and as wrongly as a test wants it. What to do comes in the kernel's command line, as double=WORD.
 */
#ifndef STUNT_TEST_DOUBLE_H
#define STUNT_TEST_DOUBLE_H

#include <glib.h>

#include "lib/guest/record.h"
#include "stunt/proto.h"

typedef struct {
    struct stunt_shm *shm;
    GByteArray *tx; /* what the agent says next */
    guint64 now_ns;
    guint64 deadline_ns;
    gboolean attention;
    gboolean asked; /* the last stop was a question */
    gboolean said_hello;
    gboolean early;    /* looks for the answer before it stops at its question, as in real time */
    guint sleeper;     /* id of the command "sleep", 0: none runs */
    guint dozer;       /* id of a command that sent it to sleep and ends when it goes on, 0: none */
    GHashTable *files; /* path -> GByteArray */
    guint burst;       /* events still to be recorded */
    gboolean flood;    /* all of them in one operation, which no stop divides: what has no room is lost */
} Double;

/* The guest's side; lets it run on from where it stands, up to its next stop. */
void double_run(Double *d);

/* Stops the machine, says so on QMP. */
void double_stop(Double *d, enum stunt_stop reason, guint32 arg);
/* Powers off: reason for QMP, "guest-shutdown". */
void double_off(const char *reason);
void double_event(const char *name, const char *data);
/* Adds to the agent's message. */
void double_say(Double *d, guint32 type, guint32 id, gint32 value, const char *payload, gssize len);
void double_record_events(Double *d);
guint8 *double_at(Double *d, guint32 offset);

#endif
