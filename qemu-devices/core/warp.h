/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Virtual time of a processor that sleeps. */
#ifndef STUNT_CORE_WARP_H
#define STUNT_CORE_WARP_H

/*
 * A jump of virtual time starts from all instructions that were executed. Where the clock is not counted in
 * instructions this does nothing.
 */
void stunt_warp_init(void);

/*
 * From a hold to its release no time passes: QEMU lets it pass to a new deadline in the middle of whoever sets a timer
 * while the processor sleeps. Holds nest. The jump is made up for when the main loop comes round.
 */
void stunt_warp_hold(void);
void stunt_warp_release(void);

#endif
