/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which scenario a free worker takes next: one whose machine it has warm, if it can be had. */
#ifndef STUNT_CLI_ASSIGN_H
#define STUNT_CLI_ASSIGN_H

#include "stunt/scenario.h"

/*
 * All of a declaration that shapes the machine up to the scenario's start: scenarios with the same text can
 * share a warm machine. kernel: what the user asked for instead of the scenario's, or NULL; bug: planted in the
 * driver, or NULL. Free with g_free.
 */
char *stunt_assign_definition(const StuntScenario *scenario, const char *kernel, const char *bug);

/*
 * Index in `waiting` (guint numbers of jobs, in order, at least one) of the job to take. definition: number
 * of each job's definition, 0: unknown, which is like no other. last: what the worker ran last, 0: nothing;
 * elsewhere: guint, what each other worker runs or ran last. First of all a job of the worker's last
 * definition, then one of a definition that no other worker has, then the first.
 */
guint stunt_assign(const guint *definition, const GArray *waiting, guint last, const GArray *elsewhere);

#endif
