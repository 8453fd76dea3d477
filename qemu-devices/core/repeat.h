/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A signal that a fault has put off, or repeats: so many are to come, one after another in virtual time. */
#ifndef STUNT_CORE_REPEAT_H
#define STUNT_CORE_REPEAT_H

#include "qemu/timer.h"
#include "migration/vmstate.h"

/* Limits of the action `storm`; the period lets the guest's time move on between two. */
#define STUNT_STORM_COUNT_MAX 1000000u
#define STUNT_STORM_PERIOD_MIN_NS 100u

typedef struct StuntRepeat {
    QEMUTimer timer;
    uint32_t left;      /* to come; 0: none */
    uint64_t period_ns; /* between two of them; 0: it is the one that was put off */
} StuntRepeat;

/* due() is called for each; it begins with stunt_repeat_next(). */
void stunt_repeat_init(StuntRepeat *repeat, QEMUTimerCB *due, void *opaque);

/* Each takes the place of what is under way. The signal comes so much later; */
void stunt_repeat_delay(StuntRepeat *repeat, uint64_t ns);
/* it has come, and comes once more, after at least a nanosecond; */
void stunt_repeat_once(StuntRepeat *repeat, uint64_t ns);
/* it has come, and is the first of so many, `ns` apart, within the limits above. */
void stunt_repeat_storm(StuntRepeat *repeat, uint64_t count, uint64_t ns);

/* One is due, and the next on its way. True when it is the one that was put off. */
bool stunt_repeat_next(StuntRepeat *repeat);

/* The one that was put off is still to come. */
static inline bool stunt_repeat_is_delayed(const StuntRepeat *repeat)
{
    return repeat->left && repeat->period_ns == 0;
}

void stunt_repeat_forget(StuntRepeat *repeat);

extern const VMStateDescription vmstate_stunt_repeat;
#define STUNT_REPEAT_VMSTATE(_field, _state) VMSTATE_STRUCT(_field, _state, 0, vmstate_stunt_repeat, StuntRepeat)

#endif
