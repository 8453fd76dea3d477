/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Virtual time that passes within an access. */
#ifndef STUNT_CORE_CLOCK_H
#define STUNT_CORE_CLOCK_H

#include <stdint.h>

#define STUNT_CLOCK_PASS_MAX_NS UINT64_C(1000000000000)

/*
 * The processor waits for the answer to its access: virtual time goes on by ns, at most STUNT_CLOCK_PASS_MAX_NS. What
 * is due meanwhile happens at the end of it, right behind the access. Where the clock is not counted in
 * instructions, so in real time, nothing passes.
 */
void stunt_clock_pass(uint64_t ns);

#endif
