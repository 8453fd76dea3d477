/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What people see while scenarios run: a line for each result, on a terminal also one for what goes on. */
#ifndef STUNT_CLI_SHOW_H
#define STUNT_CLI_SHOW_H

#include <stdio.h>
#include "cli.h"

typedef struct StuntShow StuntShow;

/* out: borrowed; decides whether it is a terminal. scenarios: StuntScenarioFile *, borrowed. */
StuntShow *stunt_show_new(FILE *out, const GPtrArray *scenarios);
void stunt_show_free(StuntShow *show);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(StuntShow, stunt_show_free)

/* The kind of start that the user asked for, NULL when that was left open. Where it was not had, the result's
 * line is followed by why. Borrowed. */
void stunt_show_wanted_start(StuntShow *show, const char *kind);

void stunt_show_started(StuntShow *show, guint index);
void stunt_show_progress(StuntShow *show, guint index, const char *what, guint64 virtual_ns);
/* A warning that another result had already is not told again. */
void stunt_show_finished(StuntShow *show, guint index, const StuntResult *result);

/* The same without a line for the result. */
void stunt_show_ended(StuntShow *show, guint index);

/* Takes the line of what goes on away. */
void stunt_show_clear(StuntShow *show);

/* Takes the line of what goes on away and prints the last lines. */
void stunt_show_summary(StuntShow *show, const StuntTally *tally, const char *results);

#endif
