/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Virtual time of a processor that sleeps. */
#ifndef STUNT_CORE_WARP_H
#define STUNT_CORE_WARP_H

/*
 * A jump of virtual time starts from all instructions that were executed. Where the clock is not counted in
 * instructions this does nothing.
 */
void stunt_warp_init(void);

#endif
