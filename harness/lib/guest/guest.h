/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Inside of a StuntGuest: the conversation, what comes in, what is asked for. */
#ifndef STUNT_LIB_GUEST_H
#define STUNT_LIB_GUEST_H

#include "lib/guest/record.h"
#include "lib/util/wait.h"
#include "stunt/guest.h"

/* A command as this library sees it: with the beginnings of lines that are not yet ended. */
typedef struct {
    StuntCommand command; /* first: what the user sees */
    GString *line[2];
} StuntJob;

/* Something asked of the agent that ends with DONE. */
typedef struct {
    guint32 id;
    gboolean done;
    gboolean abandoned; /* nobody waits any more: forget it when its DONE comes */
    gint32 value;
    char *why;        /* explanation that came with an error, or NULL */
    GByteArray *data; /* of DATA records */
} StuntRequest;

struct StuntGuest {
    StuntVm *vm;
    char *release;      /* from HELLO, NULL before */
    gboolean asking;    /* the machine stands at a question that is not yet answered */
    gboolean attention; /* raised since the last question */
    gboolean running;   /* inside of stunt_guest_converse() */
    StuntGuestSleep sleep; /* zeroed: it was not put to sleep, or has been waited for */
    GQueue outbox;      /* GBytes *, records for the agent */
    guint32 next_id;
    GHashTable *jobs;     /* id -> StuntJob, borrowed from all_jobs: those that are not forgotten */
    GPtrArray *all_jobs;  /* StuntJob */
    GHashTable *requests; /* id -> StuntRequest */
    GPtrArray *log;       /* StuntKmsg */
    StuntPauseFunc on_pause;
    gpointer pause_data;
    StuntForbidFunc on_forbid;
    gpointer forbid_data;
};

/* Puts a record into the outbox; it goes out with the next answer. */
void stunt_guest_post(StuntGuest *guest, guint32 type, guint32 id, gint32 value, gconstpointer payload,
                      gsize len);

/*
 * Runs the machine until done(data), which is asked at each question of the agent. When the deadline passes
 * first
 * (absolute, 0: none): with ret_late, sets it and succeeds; without, fails with DEADLINE.
 */
gboolean stunt_guest_converse(StuntGuest *guest, StuntDoneFunc *done, gpointer data, guint64 deadline_ns,
                              gboolean *ret_late, GError **error);

/* Takes in the agent's message. Errors: PROTOCOL. */
gboolean stunt_guest_receive(StuntGuest *guest, gconstpointer message, gsize len, GError **error);

/* Kernel log: one record as the agent read it, and what the dump of a dying kernel has beyond that. */
gboolean stunt_guest_log_record(StuntGuest *guest, const char *record, gsize len);
void stunt_guest_log_dump(StuntGuest *guest);

/* In sleep.c: it has just fallen asleep, once more perhaps. */
void stunt_guest_slept(StuntGuest *guest);

void stunt_guest_note(StuntGuest *guest, const char *kind, const char *format, ...) G_GNUC_PRINTF(3, 4);

void stunt_job_free(StuntJob *job);
void stunt_request_free(StuntRequest *request);

/* One that has an id already, among the guest's. */
StuntRequest *stunt_request_new(StuntGuest *guest, guint32 id);

#endif
