/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The event log of a scenario that runs right now, out of its worker's hands. */
#ifndef STUNT_CLI_FOLLOW_H
#define STUNT_CLI_FOLLOW_H

#include <glib.h>

typedef struct StuntFollow StuntFollow;

/* Finds the worker that runs the scenario just now and opens its growing log; NULL when none does. */
StuntFollow *stunt_follow_open(const char *scenario);
void stunt_follow_free(StuntFollow *follow);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(StuntFollow, stunt_follow_free)

/* Reads the log and waits for more until the scenario has ended. Whole lines, without newline. line returns
 * FALSE to stop. */
void stunt_follow_lines(StuntFollow *follow, gboolean (*line)(const char *text, gpointer data),
                        gpointer data);

#endif
