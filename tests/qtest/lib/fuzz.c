/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "fuzz.h"

#include <stdio.h>
#include <time.h>

#define STEPS_BETWEEN_CHECKS 500
#define STOPS_MAX 8 /* one for each reason that there is */

static GRand *dice;

uint32_t below(uint32_t n)
{
    return (uint32_t)g_rand_int_range(dice, 0, (gint32)n);
}

uint32_t any_number(void)
{
    return g_rand_int(dice);
}

uint32_t odd_number(void)
{
    static const uint32_t edge[] = { 0, 1, 2, 3, 63, 255, 256, 257, 0x10000, 0x7fffffff, 0x80000000, 0xffffffff };

    return below(3) ? any_number() >> below(32) : edge[below(G_N_ELEMENTS(edge))];
}

void fuzz_go_on(Bench *bench)
{
    for (unsigned i = 0; i < STOPS_MAX; i++) {
        if (!machine_is_running(bench->machine)) {
            machine_cont(bench->machine);
        }
        machine_step(bench->machine, 1);
    }
    g_assert_true(machine_is_running(bench->machine));
}

static unsigned long run(const Fuzz *fuzz, Bench *bench, long seconds)
{
    unsigned long steps = 0;

    for (time_t end = time(NULL) + seconds; time(NULL) < end; steps++) {
        fuzz->step(bench);
        if (steps % STEPS_BETWEEN_CHECKS == STEPS_BETWEEN_CHECKS - 1) {
            fuzz->check_alive(bench);
        }
    }
    fuzz->check_alive(bench);
    return steps;
}

int fuzz_run(const Fuzz *fuzz, int argc, char **argv)
{
    unsigned seed = (unsigned)time(NULL);
    long seconds = 20;
    Bench *bench;

    for (int i = 1; i < argc; i++) {
        if (sscanf(argv[i], "-max_total_time=%ld", &seconds) != 1) {
            sscanf(argv[i], "-seed=%u", &seed);
        }
    }
    g_test_init(&argc, &argv, NULL); /* the library asks it for random data */
    printf("-seed=%u\n", seed);
    fflush(stdout);
    dice = g_rand_new_with_seed(seed);
    bench = fuzz->start();
    printf("%lu steps\n", run(fuzz, bench, seconds));
    bench_free(bench);
    g_rand_free(dice);
    return 0;
}
