/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The event log of a scenario that runs right now, out of its worker's hands. */
#ifndef STUNT_CLI_FOLLOW_H
#define STUNT_CLI_FOLLOW_H

#include <glib.h>

/* Finds the worker that runs the scenario; opens its growing log. Returns a descriptor, -1 without one. */
int stunt_follow_open(const char *scenario, int *ret_worker_pid);

/*
 * Reads the descriptor to its end and waits for more until the worker ends. Whole lines, without newline.
 * line returns FALSE to stop.
 */
void stunt_follow_lines(int fd, int worker_pid, gboolean (*line)(const char *text, gpointer data),
                        gpointer data);

#endif
