/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The harness's end of the shared memory (struct stunt_shm of stunt/proto.h). */
#ifndef STUNT_LINK_SHM_H
#define STUNT_LINK_SHM_H

#include <glib.h>
#include <stdint.h>

#include "stunt/proto.h"
#include "stunt/timeline.h"

typedef struct StuntShm StuntShm;

/* Makes the area, with no name in any file system. Errors: FAILED. */
StuntShm *stunt_shm_new(GError **error);
void stunt_shm_free(StuntShm *shm);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(StuntShm, stunt_shm_free)

int stunt_shm_fd(const StuntShm *shm);                   /* to hand to QEMU; stays ours */
struct stunt_shm *stunt_shm_header(const StuntShm *shm); /* the mapping */

/*
 * Moves all events that are there into the timeline and names new devices. Safe while the machine runs.
 * Without a timeline (NULL) they are only checked and dropped.
 * Errors: PROTOCOL, when QEMU wrote what it must not.
 */
gboolean stunt_shm_drain(StuntShm *shm, StuntTimeline *timeline, GError **error);

/*
 * The machine was put back to an earlier point, or into a saved state, after a drain: numbers go on behind
 * the stop_seq that the header has now. Only while it stands still.
 */
void stunt_shm_renumber(StuntShm *shm);

/*
 * The next drains go to another timeline (or NULL): it is told the devices' names. What still lies in the
 * ring is dropped, and what was lost is forgotten. Only while the machine stands still.
 */
void stunt_shm_start_anew(StuntShm *shm, StuntTimeline *timeline);

/* Only while the machine stands still. Message and dump are borrowed, lengths checked against the area. */
gconstpointer stunt_shm_message(const StuntShm *shm, gsize *ret_len);
const char *stunt_shm_dump(const StuntShm *shm, gsize *ret_len);

/* The answer to the agent; len is at most what the area holds, FALSE otherwise. Only while standing still. */
gboolean stunt_shm_answer(StuntShm *shm, gconstpointer data, gsize len);

#endif
