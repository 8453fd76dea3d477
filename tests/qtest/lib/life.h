/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A random life of the DMA device, repeatable: rings, descriptors, chains, resets, masks, time. */
#ifndef STUNT_QTEST_LIFE_H
#define STUNT_QTEST_LIFE_H

#include "dma.h"

typedef struct Life {
    Bench *bench;
    Channel channel[STUNT_DMA_CH_CTRL_COUNT];
    GRand *dice;
} Life;

/* Sets interrupts and channels up, and writes chains for LINK to follow. */
Life *life_new(Bench *bench, uint32_t seed);

/* The same life on another machine, which must be in the same state, from here on with this seed. */
Life *life_fork(const Life *life, Bench *bench, uint32_t seed);

void life_free(Life *life);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Life, life_free)

void life_go(Life *life, unsigned steps);

/* Gives some channels long work to do, and stops soon or later in the middle of it. */
void life_begin_work(Life *life);

/* Faults that keep state of their own: chances, a storm, late interrupts, a rule that waits for another. */
void life_arm_rules(Bench *bench);

#endif
