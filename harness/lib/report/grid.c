/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Cells of a sweep as plain data. */
#include <string.h>

#include "lib/util/text.h"
#include "stunt/grid.h"

#define SHOWN       5   /* cells that a reason lists */
#define SHOWN_BYTES 80  /* of the detail of each */

static void cell_free(gpointer data)
{
    StuntCell *cell = data;

    g_free(cell->sweep);
    g_free(cell->row);
    g_free(cell->point);
    g_free(cell->outcome);
    g_free(cell->detail);
    g_free(cell);
}

StuntGrid *stunt_grid_new(void)
{
    StuntGrid *grid = g_new0(StuntGrid, 1);

    grid->cell = g_ptr_array_new_with_free_func(cell_free);
    grid->place = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    return grid;
}

void stunt_grid_free(StuntGrid *grid)
{
    if (grid) {
        g_hash_table_unref(grid->place);
        g_ptr_array_unref(grid->cell);
        g_free(grid);
    }
}

static char *one_line(const char *text)
{
    GString *line = g_string_new(NULL);

    stunt_text_line(line, text ? text : "", text ? strlen(text) : 0);
    return g_string_free(line, FALSE);
}

/* No tab is left in any of the three. */
static char *key_of(const char *sweep, const char *row, const char *point)
{
    g_autofree char *first = one_line(sweep), *second = one_line(row), *third = one_line(point);

    return g_strdup_printf("%s\t%s\t%s", first, second, third);
}

const StuntCell *stunt_grid_find(const StuntGrid *grid, const char *sweep, const char *row, const char *point)
{
    g_autofree char *key = key_of(sweep, row, point);

    return g_hash_table_lookup(grid->place, key);
}

const StuntCell *stunt_grid_add(StuntGrid *grid, const StuntCell *cell)
{
    g_autofree char *detail = g_strdelimit(g_strdup(cell->detail), "\n\r", ' ');
    StuntCell *copy = g_memdup2(cell, sizeof(*cell));

    copy->sweep = one_line(cell->sweep);
    copy->row = one_line(cell->row);
    copy->point = one_line(cell->point);
    copy->outcome = one_line(cell->outcome);
    copy->detail = g_strchomp(one_line(detail));
    g_ptr_array_add(grid->cell, copy);
    g_hash_table_insert(grid->place, key_of(copy->sweep, copy->row, copy->point), copy);
    grid->bad += !copy->good;
    return copy;
}

/* ---- text ---------------------------------------------------------------------------------------- */

char *stunt_cell_place(const StuntCell *cell)
{
    return g_strdup_printf("%s%s%s %s", cell->sweep, *cell->sweep ? ": " : "", cell->row, cell->point);
}

static void append_bad(GString *text, const StuntCell *cell)
{
    g_autofree char *place = stunt_cell_place(cell);
    g_autofree char *detail = g_utf8_make_valid(cell->detail, (gssize)MIN(strlen(cell->detail), SHOWN_BYTES));

    g_string_append_printf(text, "%s: %s", place, cell->outcome);
    if (*detail) {
        g_string_append_printf(text, " (%s%s)", detail, strlen(cell->detail) > SHOWN_BYTES ? "…" : "");
    }
}

char *stunt_grid_reason(const StuntGrid *grid)
{
    GString *text = g_string_new(NULL);
    guint shown = 0;

    g_string_printf(text, "%u of %u cells are not good: ", grid->bad, grid->cell->len);
    for (guint i = 0; i < grid->cell->len && shown < SHOWN; i++) {
        const StuntCell *cell = grid->cell->pdata[i];

        if (!cell->good) {
            g_string_append(text, shown++ ? ", " : "");
            append_bad(text, cell);
        }
    }
    if (grid->bad > shown) {
        g_string_append_printf(text, ", and %u more", grid->bad - shown);
    }
    return g_string_free(text, FALSE);
}
