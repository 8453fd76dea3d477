/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Figures: their spread and their written forms. Nothing is measured here. */
#include <string.h>

#include "common.h"
#include "stunt/bench.h"
#include "stunt/result.h"

static void spread_of_odd_even_and_one(void)
{
    static const struct {
        double sample[5];
        guint n;
        double min, median, max;
    } rows[] = {
        { { 7 }, 1, 7, 7, 7 },
        { { 4, 1 }, 2, 1, 2.5, 4 },
        { { 9, 1, 5 }, 3, 1, 5, 9 },
        { { 1, 100, 3, 2 }, 4, 1, 2.5, 100 },
        { { 0.5, 0.25, 0.75, 0.25, 1e9 }, 5, 0.25, 0.5, 1e9 },
    };

    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(GArray) samples = g_array_new(FALSE, FALSE, sizeof(double));
        StuntSpread spread;

        g_array_append_vals(samples, rows[i].sample, rows[i].n);
        g_assert_true(stunt_spread_of(samples, &spread));
        g_assert_cmpuint(spread.n, ==, rows[i].n);
        g_assert_cmpfloat(spread.min, ==, rows[i].min);
        g_assert_cmpfloat(spread.median, ==, rows[i].median);
        g_assert_cmpfloat(spread.max, ==, rows[i].max);
        g_assert_cmpfloat(g_array_index(samples, double, 0), ==, rows[i].sample[0]); /* order is kept */
    }
}

static void no_sample_has_no_spread(void)
{
    g_autoptr(GArray) samples = g_array_new(FALSE, FALSE, sizeof(double));
    StuntSpread spread = { .n = 42 };

    g_assert_false(stunt_spread_of(samples, &spread));
    g_assert_cmpuint(spread.n, ==, 42);
}

static StuntFigure *example(void)
{
    StuntFigure *figure = stunt_figure_new("toy", "ms", "what toys take");
    StuntSeries *other = stunt_figure_against(figure, "other", "what \"others\" take");

    stunt_figure_against(figure, "absent", "could not be measured here");
    stunt_series_add(figure->series, 2);
    stunt_series_add(figure->series, 1.5);
    stunt_series_add(other, 4);
    return figure;
}

static void json_has_the_documented_names(void)
{
    g_autoptr(GPtrArray) figures = g_ptr_array_new_with_free_func((GDestroyNotify)stunt_figure_free);
    g_autoptr(JsonNode) node = NULL;
    g_autofree char *text = NULL, *expected = NULL;

    g_ptr_array_add(figures, example());
    g_ptr_array_add(figures, stunt_figure_new("empty", "ms", "not measured"));
    node = stunt_figures_to_json(figures, TRUE);
    text = json_to_string(node, FALSE);
    expected = g_strdup_printf(
        "{\"stunt\":\"%s\",\"quick\":true,\"figures\":[{\"name\":\"toy\",\"what\":\"what toys take\","
        "\"unit\":\"ms\",\"n\":2,\"min\":1.5,\"median\":1.75,\"max\":2.0,\"samples\":[2.0,1.5],"
        "\"comparators\":[{\"name\":\"other\",\"what\":\"what \\\"others\\\" take\",\"unit\":\"ms\",\"n\":1,"
        "\"min\":4.0,\"median\":4.0,\"max\":4.0,\"samples\":[4.0]}]}]}",
        stunt_version);
    g_assert_cmpstr(text, ==, expected);
}

static void table_has_a_line_for_each_series(void)
{
    g_autoptr(StuntFigure) figure = example();
    g_autofree char *text = stunt_figure_to_text(figure), *head = stunt_figure_head();
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);

    g_assert_cmpuint(g_strv_length(lines), ==, 3); /* the last is empty */
    g_assert_true(g_str_has_prefix(lines[0], "toy "));
    g_assert_nonnull(strstr(lines[0], " 1.75 "));
    g_assert_true(g_str_has_prefix(lines[1], "  other "));
    g_assert_true(g_str_has_suffix(lines[1], "  2.29x"));
    g_assert_true(g_str_has_prefix(head, "figure "));
}

static void unknown_group_is_refused(void)
{
    g_autoptr(GError) error = NULL;

    g_assert_true(stunt_measure_check(NULL, NULL));
    g_assert_true(stunt_measure_check("idle", NULL));
    g_assert_false(stunt_measure_check("idel", &error));
    g_assert_error(error, STUNT_ERROR, STUNT_ERROR_INPUT);
    g_assert_nonnull(strstr(error->message, "did you mean 'idle'?"));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/bench/spread-of-odd-even-and-one", spread_of_odd_even_and_one);
    g_test_add_func("/bench/no-sample-has-no-spread", no_sample_has_no_spread);
    g_test_add_func("/bench/json-has-the-documented-names", json_has_the_documented_names);
    g_test_add_func("/bench/table-has-a-line-for-each-series", table_has_a_line_for_each_series);
    g_test_add_func("/bench/unknown-group-is-refused", unknown_group_is_refused);
    return g_test_run();
}
