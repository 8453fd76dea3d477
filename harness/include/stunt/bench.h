/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Figures: what something costs, each beside its comparators, measured in one run. A figure is a name, a
 * unit and samples; names and meanings are fixed (docs/reference/bench.md). Wall time is CLOCK_MONOTONIC.
 */
#ifndef STUNT_BENCH_H
#define STUNT_BENCH_H

#include <glib.h>
#include <json-glib/json-glib.h>
#include "stunt/setup.h"
#include "stunt/start.h"

/* ---- samples ------------------------------------------------------------------------------------- */

typedef struct {
    guint n;
    double min, median, max; /* median: the mean of the two in the middle when n is even */
} StuntSpread;

/* samples: of double, any order, left as they are. FALSE without a sample; ret_spread is then untouched. */
gboolean stunt_spread_of(const GArray *samples, StuntSpread *ret_spread);

/* ---- figures ------------------------------------------------------------------------------------- */

typedef struct {
    char *name;     /* "memcpy"; unique in its figure */
    char *what;     /* one line: what was done */
    GArray *sample; /* double, in the unit of the figure, in the order of their taking */
} StuntSeries;

typedef struct {
    char *unit;          /* "ms" */
    StuntSeries *series; /* the figure itself, under its name ("idle") */
    GPtrArray *against;  /* StuntSeries *, the comparators */
} StuntFigure;

StuntFigure *stunt_figure_new(const char *name, const char *unit, const char *what);
void stunt_figure_free(StuntFigure *figure);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(StuntFigure, stunt_figure_free)

/* Adds a comparator, borrowed. */
StuntSeries *stunt_figure_against(StuntFigure *figure, const char *name, const char *what);
void stunt_series_add(StuntSeries *series, double sample);

/* {"stunt", "quick", "figures": […]}; series without samples are left out. Node is the caller's. */
JsonNode *stunt_figures_to_json(const GPtrArray *figures, gboolean quick);

/* The table's head, and the lines of one figure, newline at the end. Free with g_free. */
char *stunt_figure_head(void);
char *stunt_figure_to_text(const StuntFigure *figure);

/* ---- measuring ----------------------------------------------------------------------------------- */

/* Scenarios that run as `stunt run` runs them; their results are taken in, and not kept. */
typedef struct {
    const StuntSetup *setup;
    const GPtrArray *scenario; /* StuntScenarioFile * */
    guint times;               /* the list runs, from its beginning to its end */
    StuntStartKind start;
    guint workers;       /* at once */
    double *ret_each_ms; /* gets for each run, by its number, the time from when a worker was wanted for it
                            until its result was there; or NULL */
} StuntBatch;

/*
 * Runs all of them, and waits. Errors: FAILED (one did not pass, or was not started in that way, or a signal
 * ended it). Scenarios in real time always boot.
 */
typedef gboolean (*StuntBatchFunc)(const StuntBatch *batch, gpointer data, GError **error);

typedef struct {
    const StuntSetup *setup;
    gboolean quick;   /* fewer samples, all of it within a minute */
    const char *only; /* one group of figures, NULL: all */
    StuntBatchFunc batch;
    void (*begin)(const char *group, gpointer data);            /* or NULL */
    void (*measured)(const StuntFigure *figure, gpointer data); /* or NULL */
    gpointer data;
} StuntMeasureRequest;

/* Whether there is a group of this name (NULL is fine). Errors: INPUT; lists them, suggests a near one. */
gboolean stunt_measure_check(const char *only, GError **error);

/* One line a group, "  NAME  what it measures". Free with g_free. */
char *stunt_measure_groups(void);

/*
 * Measures; returns StuntFigure * with free function. Stops at the first error, prefixed with the group's
 * name. Blocks, and runs the default main context.
 */
GPtrArray *stunt_measure(const StuntMeasureRequest *request, GError **error);

#endif
