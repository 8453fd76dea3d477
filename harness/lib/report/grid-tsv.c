/* SPDX-License-Identifier: GPL-2.0-or-later */
/* grid.tsv: tab-separated, since a sweep may have a hundred thousand cells and people look at them with cut and awk. */
#include <string.h>

#include "stunt/error.h"
#include "stunt/grid.h"

static const char header[] =
    "cell\tgood\tsweep\trow\tpoint\toutcome\tbegin_ns\tend_ns\tfirst_line\tlast_line\tlast_event\trewinds\tdetail";

enum {
    CELL, GOOD, SWEEP, ROW, POINT, OUTCOME, BEGIN_NS, END_NS, FIRST_LINE, LAST_LINE, LAST_EVENT, REWINDS, DETAIL,
    COLUMNS
};

char *stunt_grid_to_tsv(const StuntGrid *grid)
{
    GString *text = g_string_new(header);

    g_string_append_c(text, '\n');
    for (guint i = 0; i < grid->cell->len; i++) {
        const StuntCell *cell = grid->cell->pdata[i];
        const guint64 numbers[] = { cell->begin_ns, cell->end_ns, cell->first_line, cell->last_line, cell->last_event, cell->rewinds };

        g_string_append_printf(text, "%u\t%s\t%s\t%s\t%s\t%s", i + 1, cell->good ? "yes" : "no", cell->sweep, cell->row,
                               cell->point, cell->outcome);
        for (guint k = 0; k < G_N_ELEMENTS(numbers); k++) {
            g_string_append_printf(text, "\t%" G_GUINT64_FORMAT, numbers[k]);
        }
        g_string_append_printf(text, "\t%s\n", cell->detail);
    }
    return g_string_free(text, FALSE);
}

/* ---- reading ------------------------------------------------------------------------------------- */

static gboolean read_numbers(char *const *word, StuntCell *cell, GError **error)
{
    guint64 *const numbers[] = { &cell->begin_ns, &cell->end_ns, &cell->first_line, &cell->last_line, &cell->last_event, &cell->rewinds };

    for (guint i = 0; i < G_N_ELEMENTS(numbers); i++) {
        if (!g_ascii_string_to_unsigned(word[BEGIN_NS + i], 10, 0, G_MAXUINT64, numbers[i], NULL)) {
            g_set_error(error, STUNT_ERROR, STUNT_ERROR_INPUT, "'%s' is no number", word[BEGIN_NS + i]);
            return FALSE;
        }
    }
    return TRUE;
}

static gboolean read_line(StuntGrid *grid, const char *line, GError **error)
{
    g_auto(GStrv) word = g_strsplit(line, "\t", -1);
    StuntCell cell = { 0 };

    if (g_strv_length(word) != COLUMNS) {
        g_set_error(error, STUNT_ERROR, STUNT_ERROR_INPUT, "%u columns, not %d", g_strv_length(word), COLUMNS);
        return FALSE;
    }
    cell = (StuntCell){ .sweep = word[SWEEP], .row = word[ROW], .point = word[POINT], .outcome = word[OUTCOME],
                        .detail = word[DETAIL], .good = g_str_equal(word[GOOD], "yes") };
    if (!read_numbers(word, &cell, error)) {
        return FALSE;
    }
    if (stunt_grid_find(grid, cell.sweep, cell.row, cell.point)) {
        g_set_error(error, STUNT_ERROR, STUNT_ERROR_INPUT, "a second cell of that place");
        return FALSE;
    }
    stunt_grid_add(grid, &cell);
    return TRUE;
}

StuntGrid *stunt_grid_from_tsv(const char *text, GError **error)
{
    g_autoptr(StuntGrid) grid = stunt_grid_new();
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);

    if (!lines[0] || !g_str_equal(lines[0], header)) {
        g_set_error(error, STUNT_ERROR, STUNT_ERROR_INPUT, "line 1: not the header of a grid");
        return NULL;
    }
    for (guint i = 1; lines[i]; i++) {
        if (*lines[i] && !read_line(grid, lines[i], error)) {
            g_prefix_error(error, "line %u: ", i + 1);
            return NULL;
        }
    }
    return g_steal_pointer(&grid);
}
