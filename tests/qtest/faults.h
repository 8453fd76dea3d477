/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The cases of test-faults.c, by what they break. */
#ifndef STUNT_QTEST_FAULTS_H
#define STUNT_QTEST_FAULTS_H

#include "dma.h"
#include "stunt/events.h"
#include "stunt/regs/link.h"

#include <string.h>

struct fault_case {
    const char *at, *action;
    const char *words; /* the rest of the rule; with neither nth nor times in it, it fires once */
    void (*check)(Bench *bench);
};

/*
 * Those of faults_of_wake are tested without No_Soft_Reset. Those of faults_of_port are tested behind a root port, and are
 * the same at each class that they apply to.
 */
struct fault_cases {
    const struct fault_case *one;
    size_t n;
};

extern const struct fault_cases faults_of_access, faults_of_dma, faults_of_life, faults_of_port, faults_of_serial, faults_of_signal, faults_of_wake;

/* Copies FAULTS_COPY_LEN bytes of 0x5a over 0xee; gives the status. */
#define FAULTS_COPY_LEN 100
unsigned faults_copy(Bench *bench);

/* Keeps the machine as it is, lets so much time pass, and goes back: what happened then must happen once more. */
void faults_ahead_and_back(Bench *bench, int64_t ns);

/* A copy ends half a millisecond late, and its record comes then. */
void faults_late_copy(Bench *bench);

#endif
