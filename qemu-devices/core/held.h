/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Writes to guest memory that a fault holds back. The device that sent one believes it done; it lands later, if the
 * device may write there then, and else is lost. No rule is asked about a landing, and no driver blamed for it.
 */
#ifndef STUNT_CORE_HELD_H
#define STUNT_CORE_HELD_H

#include "qemu/timer.h"
#include "migration/vmstate.h"

typedef struct StuntPCI StuntPCI;

/* So many at a time; the next is not held back. */
#define STUNT_HELD_MAX 16
#define STUNT_HELD_ALL UINT32_MAX
#define STUNT_HELD_RECORD_MAX 64u

typedef enum StuntHeldUntil {
    STUNT_HELD_FREE = 0,
    STUNT_HELD_TIME, /* its time has come */
    STUNT_HELD_NEXT, /* its channel has written something else, or its time has come */
    STUNT_HELD_DONE, /* its channel's job has ended; then for its time */
} StuntHeldUntil;

typedef struct StuntHeldWrite {
    StuntPCI *dev;
    QEMUTimer timer;
    uint32_t until; /* StuntHeldUntil */
    uint32_t channel, what;
    uint64_t addr, ns;
    uint32_t len;
    uint8_t *data;
} StuntHeldWrite;

/* The completion record that was written last, and what it was written over. */
typedef struct StuntHeldRecord {
    int64_t time_ns;
    uint64_t addr;
    uint32_t len; /* 0: there is none */
    uint32_t channel;
    uint8_t before[STUNT_HELD_RECORD_MAX], data[STUNT_HELD_RECORD_MAX];
} StuntHeldRecord;

typedef struct StuntHeld {
    uint32_t n;
    StuntHeldWrite write[STUNT_HELD_MAX];
    StuntHeldRecord record; /* of this instant of virtual time, else of no use */
} StuntHeld;

extern const VMStateDescription vmstate_stunt_held; /* a subsection of StuntPCI */

/* Holds back 1 to STUNT_DMA_CHUNK bytes, which are copied. False: there is no place. */
bool stunt_held_add(StuntPCI *dev, const StuntHeldWrite *write, const void *buf);

/* The channel has written something, or its job has ended: lets go what waits for that. */
void stunt_held_next(StuntPCI *dev, unsigned channel);
void stunt_held_done(StuntPCI *dev, unsigned channel);

/* A completion record is about to be written. */
void stunt_held_note_record(StuntPCI *dev, unsigned channel, uint64_t addr, const void *buf, uint32_t len);

/*
 * An interrupt overtakes the completion record of this instant, which nobody can have seen yet: takes it back, to land
 * ns later. Nothing happens when there is none.
 */
void stunt_held_take_back(StuntPCI *dev, uint64_t ns);

/* What is held back of a channel, or of STUNT_HELD_ALL, is lost. */
void stunt_held_drop(StuntPCI *dev, unsigned channel);

void stunt_held_init(StuntPCI *dev);

#endif
