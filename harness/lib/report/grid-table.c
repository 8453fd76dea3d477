/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A grid for people. */
#include "stunt/grid.h"

#define COLUMNS_MAX 8 /* outcomes of their own; what comes after those is summed up in one column */
#define OTHERS      "others"
#define WIDTH_MIN   8 /* of a column */
#define NAME_WIDTH  24

/* Texts in order of appearance, each once; borrowed. */
typedef struct {
    GPtrArray *text;
    GHashTable *seen;
} Words;

/* One sweep. Good outcomes come first. */
typedef struct {
    const char *sweep;
    Words row, outcome;
    GHashTable *count; /* "row TAB outcome" to number */
    int name_width;
} Table;

typedef struct {
    GPtrArray *table;
    GHashTable *by_sweep;
} Tables;

static void words_init(Words *words)
{
    words->text = g_ptr_array_new();
    words->seen = g_hash_table_new(g_str_hash, g_str_equal);
}

static void words_clear(Words *words)
{
    g_ptr_array_unref(words->text);
    g_hash_table_unref(words->seen);
}

static void words_add(Words *words, const char *text)
{
    if (g_hash_table_add(words->seen, (char *)text)) {
        g_ptr_array_add(words->text, (char *)text);
    }
}

static void table_free(gpointer data)
{
    Table *table = data;

    words_clear(&table->row);
    words_clear(&table->outcome);
    g_hash_table_unref(table->count);
    g_free(table);
}

static void tables_clear(Tables *tables)
{
    g_hash_table_unref(tables->by_sweep);
    g_ptr_array_unref(tables->table);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Tables, tables_clear)

static Table *table_of(Tables *tables, const char *sweep)
{
    Table *table = g_hash_table_lookup(tables->by_sweep, sweep);

    if (!table) {
        table = g_new0(Table, 1);
        table->sweep = sweep;
        words_init(&table->row);
        words_init(&table->outcome);
        table->count = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
        table->name_width = MAX(NAME_WIDTH, (int)g_utf8_strlen(sweep, -1) + 2);
        g_ptr_array_add(tables->table, table);
        g_hash_table_insert(tables->by_sweep, (char *)sweep, table);
    }
    return table;
}

static void add_count(Table *table, const char *row, const char *outcome)
{
    char *key = g_strdup_printf("%s\t%s", row, outcome);

    g_hash_table_insert(table->count, key, GUINT_TO_POINTER(GPOINTER_TO_UINT(g_hash_table_lookup(table->count, key)) + 1));
}

static guint get_count(const Table *table, const char *row, const char *outcome)
{
    g_autofree char *key = g_strdup_printf("%s\t%s", row, outcome);

    return GPOINTER_TO_UINT(g_hash_table_lookup(table->count, key));
}

/* Good outcomes on the first pass, the others on the second. */
static void add_outcomes(Tables *tables, const StuntGrid *grid, gboolean good)
{
    for (guint i = 0; i < grid->cell->len; i++) {
        const StuntCell *cell = grid->cell->pdata[i];
        Table *table = table_of(tables, cell->sweep);

        if (cell->good == good && table->outcome.text->len < COLUMNS_MAX) {
            words_add(&table->outcome, cell->outcome);
        }
    }
}

static void fill(Tables *tables, const StuntGrid *grid)
{
    add_outcomes(tables, grid, TRUE);
    add_outcomes(tables, grid, FALSE);
    for (guint i = 0; i < grid->cell->len; i++) {
        const StuntCell *cell = grid->cell->pdata[i];
        Table *table = table_of(tables, cell->sweep);
        const char *outcome = g_hash_table_contains(table->outcome.seen, cell->outcome) ? cell->outcome : OTHERS;

        words_add(&table->row, cell->row);
        words_add(&table->outcome, outcome);
        add_count(table, cell->row, outcome);
        table->name_width = MAX(table->name_width, (int)g_utf8_strlen(cell->row, -1) + 2);
    }
}

/* ---- printing ------------------------------------------------------------------------------------ */

static void append_padded(GString *text, const char *word, int width, gboolean right)
{
    const int len = (int)g_utf8_strlen(word, -1), blanks = MAX(width - len, 0);

    g_string_append_printf(text, "%*s%s%*s", right ? blanks : 0, "", word, right ? 0 : blanks, "");
}

static int column_width(const char *outcome)
{
    return MAX((int)g_utf8_strlen(outcome, -1), WIDTH_MIN) + 2;
}

static void append_count(GString *text, guint count, const char *outcome)
{
    g_autofree char *number = count ? g_strdup_printf("%u", count) : g_strdup(".");

    append_padded(text, number, column_width(outcome), TRUE);
}

static void append_row(GString *text, const Table *table, const char *row, guint *sums)
{
    g_autofree char *name = g_strdup_printf("  %s", row);

    append_padded(text, name, table->name_width, FALSE);
    for (guint i = 0; i < table->outcome.text->len; i++) {
        const char *outcome = table->outcome.text->pdata[i];
        const guint count = get_count(table, row, outcome);

        append_count(text, count, outcome);
        sums[i] += count;
    }
    g_string_append_c(text, '\n');
}

static void append_table(GString *text, const Table *table)
{
    guint sums[COLUMNS_MAX + 1] = { 0 };

    append_padded(text, table->sweep, table->name_width, FALSE);
    for (guint i = 0; i < table->outcome.text->len; i++) {
        append_padded(text, table->outcome.text->pdata[i], column_width(table->outcome.text->pdata[i]), TRUE);
    }
    g_string_append_c(text, '\n');
    for (guint i = 0; i < table->row.text->len; i++) {
        append_row(text, table, table->row.text->pdata[i], sums);
    }
    append_padded(text, "  all", table->name_width, FALSE);
    for (guint i = 0; i < table->outcome.text->len; i++) {
        append_count(text, sums[i], table->outcome.text->pdata[i]);
    }
    g_string_append_c(text, '\n');
}

char *stunt_grid_table(const StuntGrid *grid)
{
    g_auto(Tables) tables = { g_ptr_array_new_with_free_func(table_free), g_hash_table_new(g_str_hash, g_str_equal) };
    GString *text = g_string_new(NULL);

    fill(&tables, grid);
    for (guint i = 0; i < tables.table->len; i++) {
        g_string_append(text, i ? "\n" : "");
        append_table(text, tables.table->pdata[i]);
    }
    return g_string_free(text, FALSE);
}
