/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The harness's side of the memory shared with QEMU. */
#ifndef STUNT_QTEST_SHM_H
#define STUNT_QTEST_SHM_H

#include <glib.h>
#include <stdint.h>
#include "stunt/proto.h"

typedef struct Shm {
    int fd;
    struct stunt_shm *map;
    size_t size;
} Shm;

/* A memfd with header, areas of 4 KiB and a ring of `capacity` events; it listens. */
Shm *shm_new(unsigned capacity);
void shm_free(Shm *shm);

/* Events in the ring that were not taken; the next of them, valid until the ring comes round. */
unsigned shm_pending(const Shm *shm);
const struct stunt_event *shm_take(Shm *shm);

/* Takes events up to the next one of this class; NULL when none is there. */
const struct stunt_event *shm_find(Shm *shm, uint16_t class_id);

/* Takes all there is. */
void shm_forget(Shm *shm);

#endif
