/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Whole scenarios, as `stunt run` runs them: one, and as many as go in a second. */
#include "lib/bench/bench.h"

#define FULL        5
#define QUICK       1
#define BATCH_FULL  3
#define BATCH_QUICK 1
#define RUNS_FULL   4 /* of each worker, in a sample */
#define RUNS_QUICK  1
#define MS_PER_S    1000

static gboolean time_batch(const StuntMeasuring *measuring, guint count, guint workers, double *ret_ms,
                           GError **error)
{
    const StuntMeasureRequest *request = measuring->request;
    const char *const words[] = { stunt_workload.scenario, NULL };
    g_autoptr(GPtrArray) found = stunt_catalog_select(request->setup->scenarios, words, error);
    double start_ms = stunt_measuring_now_ms();

    if (!found || !request->batch(request->setup, found->pdata[0], count, workers, request->data, error)) {
        return FALSE;
    }
    *ret_ms = stunt_measuring_now_ms() - start_ms;
    return TRUE;
}

gboolean stunt_bench_scenario(StuntMeasuring *measuring, GError **error)
{
    g_autoptr(StuntFigure) figure = stunt_figure_new(
        "scenario", "ms", "wall time of one small scenario, from starting its process to its result");
    double ms;

    for (guint i = 0; stunt_measuring_more(measuring, i, FULL, QUICK); i++) {
        if (!time_batch(measuring, 1, 1, &ms, error)) {
            return FALSE;
        }
        stunt_series_add(figure->series, ms);
    }
    stunt_measuring_keep(measuring, g_steal_pointer(&figure));
    return TRUE;
}

static gboolean measure_workers(const StuntMeasuring *measuring, guint workers, StuntSeries *series,
                                GError **error)
{
    guint count = workers * (measuring->request->quick ? RUNS_QUICK : RUNS_FULL);
    double ms;

    if (!time_batch(measuring, count, workers, &ms, error)) {
        return FALSE;
    }
    stunt_series_add(series, count / ms * MS_PER_S);
    return TRUE;
}

gboolean stunt_bench_experiments(StuntMeasuring *measuring, GError **error)
{
    g_autoptr(StuntFigure) figure = stunt_figure_new(
        "experiments", "1/s", "small scenarios a second, two workers, each scenario with a boot of its own");
    StuntSeries *one = stunt_figure_against(figure, "one-worker", "the same with one worker");

    for (guint i = 0; stunt_measuring_more(measuring, i, BATCH_FULL, BATCH_QUICK); i++) {
        if (!measure_workers(measuring, 2, figure->series, error) ||
            !measure_workers(measuring, 1, one, error)) {
            return FALSE;
        }
    }
    stunt_measuring_keep(measuring, g_steal_pointer(&figure));
    return TRUE;
}
