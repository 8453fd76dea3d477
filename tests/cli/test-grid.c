/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Grids as data, text and JSON. */
#include "common.h"
#include "stunt/grid.h"

static void add(StuntGrid *grid, const char *sweep, const char *row, guint point, const char *outcome, const char *detail)
{
    g_autofree char *number = g_strdup_printf("%u", point);

    stunt_grid_add(grid, &(StuntCell){ .sweep = (char *)sweep, .row = (char *)row, .point = number, .outcome = (char *)outcome,
                                       .detail = (char *)detail, .good = g_str_equal(outcome, "ok"), .begin_ns = 5, .end_ns = 70,
                                       .first_line = 3, .last_line = 9, .last_event = 42, .rewinds = 1 });
}

static StuntGrid *sample(void)
{
    StuntGrid *grid = stunt_grid_new();

    add(grid, "s3", "dma.read", 1, "ok", "");
    add(grid, "s3", "irq.raise", 1, "data lost", "bytes=3\nbytes=4\n");
    add(grid, "s3", "dma.read", 2, "ok", "");
    add(grid, "freeze", "dma.read", 1, "ok", "");
    return grid;
}

static void table_has_rows_and_outcomes(void)
{
    g_autoptr(StuntGrid) grid = sample();
    g_autofree char *text = stunt_grid_table(grid);

    g_assert_cmpstr(text, ==,
                    "s3                              ok  data lost\n"
                    "  dma.read                       2          .\n"
                    "  irq.raise                      .          1\n"
                    "  all                            2          1\n"
                    "\n"
                    "freeze                          ok\n"
                    "  dma.read                       1\n"
                    "  all                            1\n");
    g_assert_cmpuint(grid->bad, ==, 1);
}

/* A good outcome is in front whenever it comes. */
static void good_outcomes_come_first(void)
{
    g_autoptr(StuntGrid) grid = stunt_grid_new();
    g_autofree char *text = NULL;

    add(grid, "", "a", 1, "hang", "");
    add(grid, "", "a", 2, "ok", "");
    text = stunt_grid_table(grid);
    g_assert_true(strstr(text, "ok") < strstr(text, "hang"));
}

static void many_outcomes_are_summed_up(void)
{
    g_autoptr(StuntGrid) grid = stunt_grid_new();
    g_autofree char *text = NULL;

    for (guint i = 0; i < 50; i++) {
        g_autofree char *outcome = g_strdup_printf("kind %u", i);

        add(grid, "", "a", i, outcome, "");
    }
    text = stunt_grid_table(grid);
    assert_has(text, "kind 7    others\n");
    assert_has(text, "         1        42\n");
    g_assert_null(strstr(text, "kind 8"));
}

static void reason_names_the_bad_cells(void)
{
    g_autoptr(StuntGrid) grid = sample();
    g_autofree char *one = stunt_grid_reason(grid), *many = NULL, *expected = NULL;
    g_autofree char *tail = g_strnfill(500, 'x'), *shown = g_strnfill(80, 'x');

    g_assert_cmpstr(one, ==, "1 of 4 cells are not good: s3: irq.raise 1: data lost (bytes=3 bytes=4)");
    for (guint i = 2; i < 9; i++) {
        add(grid, "", "irq.raise", i, "hang", tail);
    }
    many = stunt_grid_reason(grid);
    expected = g_strdup_printf("irq.raise 5: hang (%s…), and 3 more", shown);
    g_assert_true(g_str_has_prefix(many, "8 of 11 cells are not good: "));
    g_assert_true(g_str_has_suffix(many, expected));
}

static void tsv_and_back(void)
{
    g_autoptr(StuntGrid) grid = sample();
    g_autofree char *text = stunt_grid_to_tsv(grid), *again = NULL;
    g_autoptr(GError) error = NULL;
    g_autoptr(StuntGrid) read = stunt_grid_from_tsv(text, &error);
    const StuntCell *cell;

    g_assert_no_error(error);
    again = stunt_grid_to_tsv(read);
    g_assert_cmpstr(again, ==, text);
    assert_has(text, "\n2\tno\ts3\tirq.raise\t1\tdata lost\t5\t70\t3\t9\t42\t1\tbytes=3 bytes=4\n");
    cell = stunt_grid_find(read, "s3", "irq.raise", "1");
    g_assert_true(cell == read->cell->pdata[1]);
    g_assert_cmpuint(cell->last_line, ==, 9);
    g_assert_cmpuint(read->bad, ==, 1);
    g_assert_null(stunt_grid_find(read, "", "irq.raise", "1"));
}

/* Whatever a script says stays in its column and line. */
static void odd_characters_are_shown(void)
{
    g_autoptr(StuntGrid) grid = stunt_grid_new(), read = NULL;
    g_autofree char *text = NULL, *table = NULL;

    add(grid, "a\tb", "\x1b[31mred", 1, "\xff\xc3 gr\xc3\xbc\xc3\x9f\n", "\x01\t\r");
    g_assert_nonnull(stunt_grid_find(grid, "a\tb", "\x1b[31mred", "1"));
    text = stunt_grid_to_tsv(grid);
    g_assert_true(g_utf8_validate(text, -1, NULL));
    assert_has(text, "\ta b\t\\x1b[31mred\t1\t\\xff\\xc3 gr\xc3\xbc\xc3\x9f\\x0a\t");
    table = stunt_grid_table(grid);
    g_assert_null(strchr(table, '\x1b'));
    read = stunt_grid_from_tsv(text, NULL);
    g_assert_nonnull(read);
    g_assert_nonnull(stunt_grid_find(read, "a b", "\\x1b[31mred", "1"));
}

static void damaged_files_are_refused(void)
{
    g_autoptr(StuntGrid) grid = sample();
    g_autofree char *good = stunt_grid_to_tsv(grid);
    g_autofree char *twice = g_strconcat(good, strchr(good, '\n') + 1, NULL);
    g_auto(GStrv) parts = g_strsplit(good, "\t70\t", 2);
    g_autofree char *letters = g_strjoin("\tx\t", parts[0], parts[1], NULL), *fewer = g_strjoin("\t", parts[0], parts[1], NULL);
    const struct {
        const char *text, *error;
    } rows[] = {
        { "", "line 1: not the header" },
        { "cell\tgood\n", "line 1: not the header" },
        { twice, "line 6: a second cell of that place" },
        { letters, "line 2: 'x' is no number" },
        { fewer, "line 2: 12 columns, not 13" },
    };

    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(GError) error = NULL;

        g_assert_null(stunt_grid_from_tsv(rows[i].text, &error));
        g_assert_error(error, STUNT_ERROR, STUNT_ERROR_INPUT);
        assert_has(error->message, rows[i].error);
    }
}

static void json_has_the_columns(void)
{
    g_autoptr(StuntGrid) grid = sample();
    g_autoptr(JsonBuilder) builder = json_builder_new();
    g_autoptr(JsonNode) node = NULL;
    JsonObject *cell;

    json_builder_begin_array(builder);
    stunt_grid_put_json(grid, builder);
    json_builder_end_array(builder);
    node = json_builder_get_root(builder);
    g_assert_cmpuint(json_array_get_length(json_node_get_array(node)), ==, 4);
    cell = json_array_get_object_element(json_node_get_array(node), 1);
    g_assert_cmpuint(json_object_get_size(cell), ==, 13);
    g_assert_cmpint(json_object_get_int_member(cell, "cell"), ==, 2);
    g_assert_false(json_object_get_boolean_member(cell, "good"));
    g_assert_cmpstr(json_object_get_string_member(cell, "outcome"), ==, "data lost");
    g_assert_cmpint(json_object_get_int_member(cell, "last_event"), ==, 42);
}

/* A hundred thousand cells, each in a row of its own. */
static void large_grids_take_no_time(void)
{
    g_autoptr(StuntGrid) grid = stunt_grid_new(), read = NULL;
    g_autofree char *text = NULL, *table = NULL;
    gint64 begin_us = g_get_monotonic_time();

    for (guint i = 0; i < 100000; i++) {
        g_autofree char *row = g_strdup_printf("row %u", i), *sweep = g_strdup_printf("sweep %u", i / 10);

        add(grid, sweep, row, i, i % 1000 ? "ok" : "hang", "");
    }
    text = stunt_grid_to_tsv(grid);
    read = stunt_grid_from_tsv(text, NULL);
    table = stunt_grid_table(read);
    g_assert_cmpuint(read->cell->len, ==, 100000);
    g_assert_cmpuint(read->bad, ==, 100);
    g_assert_cmpint(g_get_monotonic_time() - begin_us, <, 10 * G_USEC_PER_SEC); /* half a second; not a minute, as by the square */
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/grid/table-has-rows-and-outcomes", table_has_rows_and_outcomes);
    g_test_add_func("/grid/good-outcomes-come-first", good_outcomes_come_first);
    g_test_add_func("/grid/many-outcomes-are-summed-up", many_outcomes_are_summed_up);
    g_test_add_func("/grid/reason-names-the-bad-cells", reason_names_the_bad_cells);
    g_test_add_func("/grid/tsv-and-back", tsv_and_back);
    g_test_add_func("/grid/odd-characters-are-shown", odd_characters_are_shown);
    g_test_add_func("/grid/damaged-files-are-refused", damaged_files_are_refused);
    g_test_add_func("/grid/json-has-the-columns", json_has_the_columns);
    g_test_add_func("/grid/large-grids-take-no-time", large_grids_take_no_time);
    return g_test_run();
}
