/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Figures: plain data, their spread, and their written forms. */
#include "stunt/bench.h"
#include "stunt/result.h"

static int compare(gconstpointer a, gconstpointer b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

gboolean stunt_spread_of(const GArray *samples, StuntSpread *ret_spread)
{
    g_autoptr(GArray) sorted = g_array_new(FALSE, FALSE, sizeof(double));
    const double *value;
    guint n = samples->len;

    if (!n) {
        return FALSE;
    }
    g_array_append_vals(sorted, samples->data, n);
    g_array_sort(sorted, compare);
    value = (const double *)(gpointer)sorted->data;
    *ret_spread = (StuntSpread){ n, value[0], (value[(n - 1) / 2] + value[n / 2]) / 2, value[n - 1] };
    return TRUE;
}

/* ---- life ---------------------------------------------------------------------------------------- */

static StuntSeries *series_new(const char *name, const char *what)
{
    StuntSeries *series = g_new0(StuntSeries, 1);

    series->name = g_strdup(name);
    series->what = g_strdup(what);
    series->sample = g_array_new(FALSE, FALSE, sizeof(double));
    return series;
}

static void series_free(gpointer data)
{
    StuntSeries *series = data;

    g_free(series->name);
    g_free(series->what);
    g_array_unref(series->sample);
    g_free(series);
}

StuntFigure *stunt_figure_new(const char *name, const char *unit, const char *what)
{
    StuntFigure *figure = g_new0(StuntFigure, 1);

    figure->unit = g_strdup(unit);
    figure->series = series_new(name, what);
    figure->against = g_ptr_array_new_with_free_func(series_free);
    return figure;
}

void stunt_figure_free(StuntFigure *figure)
{
    if (figure) {
        g_free(figure->unit);
        series_free(figure->series);
        g_ptr_array_unref(figure->against);
        g_free(figure);
    }
}

StuntSeries *stunt_figure_against(StuntFigure *figure, const char *name, const char *what)
{
    StuntSeries *series = series_new(name, what);

    g_ptr_array_add(figure->against, series);
    return series;
}

void stunt_series_add(StuntSeries *series, double sample)
{
    g_array_append_val(series->sample, sample);
}

/* ---- JSON ---------------------------------------------------------------------------------------- */

static void put_string(JsonBuilder *builder, const char *key, const char *value)
{
    json_builder_set_member_name(builder, key);
    json_builder_add_string_value(builder, value);
}

static void put_double(JsonBuilder *builder, const char *key, double value)
{
    json_builder_set_member_name(builder, key);
    json_builder_add_double_value(builder, value);
}

static void put_series(JsonBuilder *builder, const StuntSeries *series, const char *unit,
                       const StuntSpread *spread)
{
    put_string(builder, "name", series->name);
    put_string(builder, "what", series->what);
    put_string(builder, "unit", unit);
    json_builder_set_member_name(builder, "n");
    json_builder_add_int_value(builder, spread->n);
    put_double(builder, "min", spread->min);
    put_double(builder, "median", spread->median);
    put_double(builder, "max", spread->max);
    json_builder_set_member_name(builder, "samples");
    json_builder_begin_array(builder);
    for (guint i = 0; i < series->sample->len; i++) {
        json_builder_add_double_value(builder, g_array_index(series->sample, double, i));
    }
    json_builder_end_array(builder);
}

static void put_figure(JsonBuilder *builder, const StuntFigure *figure)
{
    StuntSpread spread;

    if (!stunt_spread_of(figure->series->sample, &spread)) {
        return;
    }
    json_builder_begin_object(builder);
    put_series(builder, figure->series, figure->unit, &spread);
    json_builder_set_member_name(builder, "comparators");
    json_builder_begin_array(builder);
    for (guint i = 0; i < figure->against->len; i++) {
        const StuntSeries *series = figure->against->pdata[i];

        if (stunt_spread_of(series->sample, &spread)) {
            json_builder_begin_object(builder);
            put_series(builder, series, figure->unit, &spread);
            json_builder_end_object(builder);
        }
    }
    json_builder_end_array(builder);
    json_builder_end_object(builder);
}

JsonNode *stunt_figures_to_json(const GPtrArray *figures, gboolean quick)
{
    g_autoptr(JsonBuilder) builder = json_builder_new_immutable();

    json_builder_begin_object(builder);
    put_string(builder, "stunt", stunt_version);
    json_builder_set_member_name(builder, "quick");
    json_builder_add_boolean_value(builder, quick);
    json_builder_set_member_name(builder, "figures");
    json_builder_begin_array(builder);
    for (guint i = 0; i < figures->len; i++) {
        put_figure(builder, figures->pdata[i]);
    }
    json_builder_end_array(builder);
    json_builder_end_object(builder);
    return json_builder_get_root(builder);
}

/* ---- table --------------------------------------------------------------------------------------- */

char *stunt_figure_head(void)
{
    return g_strdup_printf("%-22s %-6s %10s %10s %10s %4s  %s\n", "figure", "unit", "median", "min", "max",
                           "n", "against it");
}

static void put_row(GString *text, const StuntSeries *series, const char *unit, const char *indent,
                    const StuntSpread *spread)
{
    g_autofree char *name = g_strconcat(indent, series->name, NULL);

    g_string_append_printf(text, "%-22s %-6s %10.2f %10.2f %10.2f %4u", name, unit, spread->median,
                           spread->min, spread->max, spread->n);
}

char *stunt_figure_to_text(const StuntFigure *figure)
{
    GString *text = g_string_new(NULL);
    StuntSpread own, spread;

    if (stunt_spread_of(figure->series->sample, &own)) {
        put_row(text, figure->series, figure->unit, "", &own);
        g_string_append_c(text, '\n');
        for (guint i = 0; i < figure->against->len; i++) {
            const StuntSeries *series = figure->against->pdata[i];

            if (stunt_spread_of(series->sample, &spread)) {
                put_row(text, series, figure->unit, "  ", &spread);
                g_string_append_printf(text, "  %.3gx\n", spread.median / own.median);
            }
        }
    }
    return g_string_free(text, FALSE);
}
