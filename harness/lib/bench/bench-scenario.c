/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Whole scenarios, as `stunt run` runs them: a small one, as many of it as go in a second, and all there are. */
#include "lib/bench/bench.h"

#define MS_PER_S 1000

/* One way to run scenarios. The first of a table is the figure, the others are its comparators. */
typedef struct {
    const char *name;
    StuntStartKind start;
    guint workers;               /* 0: as many as there are processors */
    guint full, quick;           /* samples */
    guint runs_full, runs_quick; /* of the small scenario in each; 0: all scenarios once */
    const char *what;
} Way;

static const Way scenario_ways[] = {
    { "turbo", STUNT_START_TURBO, 1, 3, 1, 11, 6, "" },
    { "first", STUNT_START_TURBO, 1, 10, 3, 1, 1, "the first of its worker, which starts with it" },
    { "strict", STUNT_START_STRICT, 1, 3, 1, 6, 4, "the same with a strict start" },
    { "boot", STUNT_START_BOOT, 1, 1, 1, 4, 2, "the same with a boot" },
};

static const Way experiments_ways[] = {
    { "turbo", STUNT_START_TURBO, 2, 5, 1, 400, 40, "" },
    { "one-worker", STUNT_START_TURBO, 1, 5, 1, 200, 20, "the same with one worker" },
    { "strict", STUNT_START_STRICT, 2, 3, 1, 40, 6, "two workers, each scenario started strictly" },
    { "boot", STUNT_START_BOOT, 2, 2, 1, 4, 2, "two workers, each scenario with a boot of its own" },
};

static const Way suite_ways[] = {
    { "turbo", STUNT_START_TURBO, 0, 5, 1, 0, 0, "" },
    { "strict", STUNT_START_STRICT, 0, 3, 1, 0, 0, "the same, each scenario started strictly" },
    { "boot", STUNT_START_BOOT, 0, 2, 0, 0, 0, "the same, each scenario with a boot of its own" },
};

/* ---- running ------------------------------------------------------------------------------------- */

static guint runs_of(const StuntMeasuring *measuring, const Way *way)
{
    return measuring->request->quick ? way->runs_quick : way->runs_full;
}

/* ret_each_ms: see StuntBatch; or NULL. */
static gboolean run(const StuntMeasuring *measuring, const Way *way, double *ret_each_ms, double *ret_ms,
                    GError **error)
{
    const StuntMeasureRequest *request = measuring->request;
    const char *const small[] = { stunt_workload.scenario, NULL }, *const all[] = { NULL };
    g_autoptr(GPtrArray) scenarios =
        stunt_catalog_select(request->setup->scenarios, way->runs_full ? small : all, error);
    const StuntBatch batch = {
        .setup = request->setup,
        .scenario = scenarios,
        .times = MAX(runs_of(measuring, way), 1),
        .start = way->start,
        .workers = way->workers ? way->workers : g_get_num_processors(),
        .ret_each_ms = ret_each_ms,
    };
    double start_ms = stunt_measuring_now_ms();

    if (!scenarios || !request->batch(&batch, request->data, error)) {
        return FALSE;
    }
    *ret_ms = stunt_measuring_now_ms() - start_ms;
    return TRUE;
}

typedef gboolean (*SampleFunc)(const StuntMeasuring *measuring, const Way *way, StuntSeries *series,
                               GError **error);

/* One that starts with its worker tells of that, and counts only where nothing else is run. */
static gboolean sample_each(const StuntMeasuring *measuring, const Way *way, StuntSeries *series,
                            GError **error)
{
    guint runs = runs_of(measuring, way);
    g_autofree double *each_ms = g_new0(double, runs);
    double ms;

    if (!run(measuring, way, each_ms, &ms, error)) {
        return FALSE;
    }
    for (guint i = runs > 1; i < runs; i++) {
        stunt_series_add(series, each_ms[i]);
    }
    return TRUE;
}

static gboolean sample_rate(const StuntMeasuring *measuring, const Way *way, StuntSeries *series,
                            GError **error)
{
    double ms;

    if (!run(measuring, way, NULL, &ms, error)) {
        return FALSE;
    }
    stunt_series_add(series, runs_of(measuring, way) / ms * MS_PER_S);
    return TRUE;
}

static gboolean sample_whole(const StuntMeasuring *measuring, const Way *way, StuntSeries *series,
                             GError **error)
{
    double ms;

    if (!run(measuring, way, NULL, &ms, error)) {
        return FALSE;
    }
    stunt_series_add(series, ms / MS_PER_S);
    return TRUE;
}

/* ---- figures ------------------------------------------------------------------------------------- */

/* Ways take turns. Takes the figure. */
static gboolean measure(StuntMeasuring *measuring, StuntFigure *measured, const Way *ways, guint n,
                        SampleFunc sample, GError **error)
{
    g_autoptr(StuntFigure) figure = measured;
    g_autoptr(GPtrArray) series = g_ptr_array_new();
    gboolean any = TRUE;

    for (guint i = 0; i < n; i++) {
        g_ptr_array_add(series, i ? stunt_figure_against(figure, ways[i].name, ways[i].what) : figure->series);
    }
    for (guint turn = 0; any; turn++) {
        any = FALSE;
        for (guint i = 0; i < n; i++) {
            if (stunt_measuring_more(measuring, turn, ways[i].full, ways[i].quick)) {
                any = TRUE;
                if (!sample(measuring, &ways[i], series->pdata[i], error)) {
                    g_prefix_error(error, "%s: ", ways[i].name);
                    return FALSE;
                }
            }
        }
    }
    stunt_measuring_keep(measuring, g_steal_pointer(&figure));
    return TRUE;
}

/* The first run of a machine on this host boots it and leaves its template. */
static gboolean make_templates(const StuntMeasuring *measuring, const Way *way, GError **error)
{
    Way once = *way;
    double ms;

    once.runs_full = once.runs_quick = MIN(way->runs_full, 1);
    return run(measuring, &once, NULL, &ms, error);
}

gboolean stunt_bench_scenario(StuntMeasuring *measuring, GError **error)
{
    return make_templates(measuring, scenario_ways, error) &&
           measure(measuring,
                   stunt_figure_new("scenario", "ms",
                                    "wall time of one small scenario, from its worker's order to its result"),
                   scenario_ways, G_N_ELEMENTS(scenario_ways), sample_each, error);
}

gboolean stunt_bench_experiments(StuntMeasuring *measuring, GError **error)
{
    return make_templates(measuring, experiments_ways, error) &&
           measure(measuring,
                   stunt_figure_new("experiments", "1/s", "small scenarios a second, two workers"),
                   experiments_ways, G_N_ELEMENTS(experiments_ways), sample_rate, error);
}

gboolean stunt_bench_suite(StuntMeasuring *measuring, GError **error)
{
    return make_templates(measuring, suite_ways, error) &&
           measure(measuring, stunt_figure_new("suite", "s", "wall time of all scenarios, a worker a processor"),
                   suite_ways, G_N_ELEMENTS(suite_ways), sample_whole, error);
}
