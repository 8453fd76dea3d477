/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Fuzz target: any bytes as a grid.tsv, and any bytes as the texts of cells. What is taken is written as it was read; what is not has its line told. */
#include "stunt/grid.h"
#include "fuzz.h"

#include <string.h>

static void check(const StuntGrid *grid)
{
    g_autofree char *written = stunt_grid_to_tsv(grid), *table = stunt_grid_table(grid), *reason = stunt_grid_reason(grid);
    g_autoptr(StuntGrid) again = stunt_grid_from_tsv(written, NULL);

    CHECK(g_utf8_validate(written, -1, NULL) && g_utf8_validate(table, -1, NULL) && g_utf8_validate(reason, -1, NULL));
    CHECK(again && again->cell->len == grid->cell->len && again->bad == grid->bad);
}

static void read_it(const char *text)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(StuntGrid) grid = stunt_grid_from_tsv(text, &error);

    CHECK((grid == NULL) == (error != NULL));
    if (grid) {
        check(grid);
    } else {
        CHECK(strncmp(error->message, "line ", 5) == 0);
    }
}

/* Each byte 0x1f ends a text, five of them are a cell. */
static void fill_it(const char *text)
{
    g_auto(GStrv) word = g_strsplit(text, "\x1f", -1);
    g_autoptr(StuntGrid) grid = stunt_grid_new();
    const guint n = g_strv_length(word);

    for (guint i = 0; i + 5 <= n; i += 5) {
        if (!stunt_grid_find(grid, word[i], word[i + 1], word[i + 2])) {
            stunt_grid_add(grid, &(StuntCell){ .sweep = word[i], .row = word[i + 1], .point = word[i + 2], .outcome = word[i + 3],
                                               .detail = word[i + 4], .good = i & 1, .last_line = i });
        }
    }
    check(grid);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    g_autofree char *text = g_strndup((const char *)data, size);

    read_it(text);
    fill_it(text);
    return 0;
}
