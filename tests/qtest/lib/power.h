/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Power states of dma0. */
#ifndef STUNT_QTEST_POWER_H
#define STUNT_QTEST_POWER_H

#include "bench.h"

enum { D0, D1, D2, D3HOT, D3COLD, POWER_STATES };

/* BAR 2, in the window of its port, once mapped. */
#define POWER_SRAM_ADDR (DMA_BAR_ADDR + UINT64_C(0x80000))
void power_map_sram(Bench *bench);

/* Where in configuration space a register of the PM capability is. */
unsigned power_reg(Bench *bench, unsigned reg);

/* Its state now; the account of a state. */
unsigned power_state(Bench *bench);
int64_t power_ns(Bench *bench, unsigned state);
uint64_t power_count(Bench *bench, unsigned state);
/* All of the machine's time is accounted for. */
void power_check_sum(Bench *bench);

/* The next power.exit is this one; there is none. */
void power_expect_exit(Bench *bench, unsigned state, unsigned to, int64_t ns);
void power_expect_no_exit(Bench *bench);

uint64_t power_misuse(Bench *bench);

#endif
