/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Plans of fault rules by chance: the same for the same seed, devices and tables. */
#ifndef STUNT_CLI_RANDOM_PLAN_H
#define STUNT_CLI_RANDOM_PLAN_H

#include "cli.h"

/*
 * TOML with so many rules, each for a pair of event class and action that one of the devices (StuntDeviceDef *) has and
 * that breaks something. All are optional: whether they fire is a result, not a condition. Free with g_free; NULL when
 * no device has such a pair.
 */
char *stunt_random_plan(guint64 seed, guint rules, const GPtrArray *devices);

#endif
