/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The grid of a sweep: what became of each of its points, as event class and outcome. A scenario makes the cells one after another
 * (vm:cell); they are kept as grid.tsv beside its result (docs/reference/results.md).
 */
#ifndef STUNT_GRID_H
#define STUNT_GRID_H

#include <glib.h>
#include <json-glib/json-glib.h>

#define STUNT_GRID_FILE "grid.tsv"
#define STUNT_GRID_CELLS_MAX 1000000

typedef struct {
    char *sweep;   /* "s3"; "" where a scenario makes only one */
    char *row;     /* what happens at the point: "irq.raise" */
    char *point;   /* which one of its row: "12" */
    char *outcome; /* one or two words: "data lost" */
    char *detail;  /* what explains it, in one line; "" */
    gboolean good; /* the scenario counts the outcome as right */
    guint64 begin_ns, end_ns;       /* virtual time */
    guint64 first_line, last_line;  /* of events.log, from 1 */
    guint64 last_event, rewinds;    /* the newest event when its function ended, and how often the script had gone back: numbers repeat */
} StuntCell;

typedef struct {
    GPtrArray *cell; /* StuntCell *, in the order of making; number N is at N - 1 */
    guint bad;       /* that are not good */
    GHashTable *place; /* to find one */
} StuntGrid;

StuntGrid *stunt_grid_new(void);
void stunt_grid_free(StuntGrid *grid);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(StuntGrid, stunt_grid_free)

/* NULL: there is none there. */
const StuntCell *stunt_grid_find(const StuntGrid *grid, const char *sweep, const char *row, const char *point);
/* Adds a copy, its strings made one printable line of UTF-8 each. Its place has to be free. */
const StuntCell *stunt_grid_add(StuntGrid *grid, const StuntCell *cell);
/* "s3: irq.raise 12". Free with g_free. */
char *stunt_cell_place(const StuntCell *cell);

/* grid.tsv and back: a header, a line for each cell. Free with g_free. Errors: INPUT, with the line's number. */
char *stunt_grid_to_tsv(const StuntGrid *grid);
StuntGrid *stunt_grid_from_tsv(const char *text, GError **error);

/* For people: a table for each sweep, row by outcome, with counts. Free with g_free. */
char *stunt_grid_table(const StuntGrid *grid);
/* "2 of 240 cells are not good: s3: irq.raise 12: data lost (…), …"; of many only the first. Free with g_free. */
char *stunt_grid_reason(const StuntGrid *grid);
/* Adds an object for each cell to the array that the builder has open. */
void stunt_grid_put_json(const StuntGrid *grid, JsonBuilder *array);

#endif
