/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the fuzz targets share: dice, and the loop around their steps. -max_total_time=SECONDS, -seed=N. */
#ifndef STUNT_QTEST_FUZZ_H
#define STUNT_QTEST_FUZZ_H

#include "bench.h"

/* A number below n; any 32 bits. */
uint32_t below(uint32_t n);
uint32_t any_number(void);
/* Often one of those where things end. */
uint32_t odd_number(void);

/* The machine runs from now on, also when other stops wait behind the one that it stands at. No rule may be armed. */
void fuzz_go_on(Bench *bench);

typedef struct Fuzz {
    Bench *(*start)(void);
    void (*step)(Bench *bench);
    /* Whatever was done to it: after a reset it works as on the first day. Called from time to time and at the end. */
    void (*check_alive)(Bench *bench);
} Fuzz;

/* Prints the seed first. Gives the exit status. */
int fuzz_run(const Fuzz *fuzz, int argc, char **argv);

#endif
