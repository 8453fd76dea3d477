/* SPDX-License-Identifier: GPL-2.0-or-later */
/* S3 of a traced bench: what firmware and an operating system do for it. */
#ifndef STUNT_QTEST_SLEEP_H
#define STUNT_QTEST_SLEEP_H

#include "bench.h"

#define PM_BASE        0x600
#define PM1_STATUS     PM_BASE
#define PM1_ENABLE     (PM_BASE + 2)
#define PM1_CONTROL    (PM_BASE + 4)
#define POWER_BUTTON   0x0100
#define PCIE_WAKE      0x4000
#define WOKEN          0x8000

/* The power management registers get their place. Needed again after a reset, which sleep_check_awake() does. */
void sleep_place_registers(Bench *bench);

/* The guest asks for it; it sleeps, and stands still there. */
void sleep_begin(Bench *bench);
void sleep_check_asleep(Bench *bench);

/* As query-status says it. */
void sleep_check_status(Bench *bench, const char *expected);

void sleep_press(Bench *bench);

/* It runs, woken by this STUNT_LINK_SOURCE. */
void sleep_check_awake(Bench *bench, unsigned source);

#endif
