/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What there is in the guest: modules, interrupt handlers, regions, nodes, caches, kernel threads, as the text that
 * stunt_guest_look() gives. All but stunt_census_take() is pure.
 */
#ifndef STUNT_LIB_CENSUS_H
#define STUNT_LIB_CENSUS_H

#include "stunt/finding.h"
#include "stunt/guest.h"

/* What to look at: tasks take as long as all the rest. */
typedef enum {
    STUNT_CENSUS_TASKS = 1, /* modules and all tasks */
    STUNT_CENSUS_REST = 2,  /* modules and all but tasks */
    STUNT_CENSUS_ALL = 3,
} StuntCensusPart;

/* Free with g_free. Errors: as stunt_guest_look(); FAILED when something that must be looked at is not there. */
char *stunt_census_take(StuntGuest *guest, StuntCensusPart part, guint64 deadline_ns, GError **error);

/* Whether all is there that must be. Errors: FAILED (what is not). */
gboolean stunt_census_check(const char *census, StuntCensusPart part, GError **error);

/* Paths to look at for the tasks that `now` has and `before` has not; NULL: there are none. A GStrv. */
char **stunt_census_new_tasks(const char *before, const char *now);

/* Modules that `now` has and `before` has not, the newest first: char *. */
GPtrArray *stunt_census_new_modules(const char *before, const char *now);

/*
 * What `now` has more than `before`, as findings. A folder that a pattern stands for is left out when it is new: its
 * parent tells of it.
 */
void stunt_census_compare(const char *before, const char *now, GPtrArray *findings);

/* A task that should not be there, or not be so. */
typedef struct {
    guint pid;
    char *name;
    char state;    /* as in /proc/PID/stat */
    gboolean user; /* a process, not a thread of the kernel's */
    char *stack;   /* as in /proc/PID/stack; NULL when it was not looked at */
} StuntTask;

#define STUNT_AGENT_PID 1
#define STUNT_LOOK_THREADS "/proc/[0-9]*/task/[0-9]*/stat", "/proc/[0-9]*/task/[0-9]*/stack"

/* All tasks but the one that looked, the threads of a process each for itself when those were looked at: StuntTask *. */
GPtrArray *stunt_census_tasks(const char *census);

/* Tasks in an uninterruptible wait, and processes other than the agent, after QUIET: StuntTask *. */
GPtrArray *stunt_census_stuck(const char *census);

/* Content of one file of the text, NULL when it is not there. Free with g_free. */
char *stunt_census_file(const char *census, const char *path);

#endif
