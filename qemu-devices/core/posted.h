/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Register writes that a fault holds up on their way. They land in their order: what is written after one that
 * is held up waits behind it. As on a bus, whoever reads from the device, or accesses its configuration space or
 * MSI-X table, waits until they have landed (stunt_posted_push()).
 */
#ifndef STUNT_CORE_POSTED_H
#define STUNT_CORE_POSTED_H

#include "qemu/timer.h"
#include "migration/vmstate.h"

typedef struct StuntPCI StuntPCI;

/* One more, and all of them land at once. */
#define STUNT_POSTED_MAX 16

typedef struct StuntPostedWrite {
    int64_t due_ns; /* never before that of the one ahead of it */
    uint64_t addr, value;
    uint32_t size;
} StuntPostedWrite;

typedef struct StuntPosted {
    QEMUTimer timer;
    uint32_t n;
    StuntPostedWrite write[STUNT_POSTED_MAX];
} StuntPosted;

extern const VMStateDescription vmstate_stunt_posted; /* a subsection of StuntPCI */

/* A write to the BAR: it lands after delay_ns, and after all that are under way; at once when that is now. */
void stunt_posted_write(StuntPCI *dev, uint64_t addr, uint64_t value, unsigned size, uint64_t delay_ns);

/* All that are under way land, and virtual time has passed as if they had been waited for. */
void stunt_posted_push(StuntPCI *dev);

/* They are lost. */
void stunt_posted_drop(StuntPCI *dev);

void stunt_posted_init(StuntPCI *dev);

#endif
