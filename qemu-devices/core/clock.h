/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Virtual time: a time to come, and what passes within an access. */
#ifndef STUNT_CORE_CLOCK_H
#define STUNT_CORE_CLOCK_H

#include "qemu/timer.h"

#define STUNT_CLOCK_PASS_MAX_NS UINT64_C(1000000000000)

/* In so many nanoseconds; the end of time when that is beyond it. */
static inline int64_t stunt_clock_after(uint64_t ns)
{
    int64_t now = qemu_clock_get_ns(QEMU_CLOCK_VIRTUAL);

    return now + (int64_t)MIN(ns, (uint64_t)(INT64_MAX - now));
}

/*
 * The processor waits for the answer to its access: virtual time goes on by ns, at most STUNT_CLOCK_PASS_MAX_NS. What
 * is due meanwhile happens at the end of it, right behind the access. Where the clock is not counted in
 * instructions, so in real time, nothing passes.
 */
void stunt_clock_pass(uint64_t ns);

/* Virtual time goes on by ns at once, with nobody running; where it is counted in instructions only. */
void stunt_clock_leap(int64_t ns);

#endif
