/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Having a booted machine, driver loaded, the agent at its question: by each way there is; then the guest's
 * first answer, and a first command. A way is one row; the first is the figure, the others its comparators.
 */
#include "lib/bench/stock-state.h"

typedef struct {
    StuntMeasuring *measuring;
    StuntRig kept;  /* the machine that was saved; stands anywhere */
    StuntRig fresh; /* one made for a sample */
    StuntStockState *stock;
} Warm;

/* Gives a machine at its ready point: kept or fresh. */
typedef StuntRig *(*StartFunc)(Warm *warm, GError **error);

static StuntRig *by_boot(Warm *warm, GError **error)
{
    return stunt_rig_boot_device(&warm->fresh, warm->measuring, NULL, error) ? &warm->fresh : NULL;
}

static StuntRig *by_loadvm(Warm *warm, GError **error)
{
    return stunt_stock_state_loadvm(warm->stock, &warm->kept, error) ? &warm->kept : NULL;
}

static StuntRig *by_incoming(Warm *warm, GError **error)
{
    StuntMachine *machine = stunt_rig_device_machine(warm->measuring, NULL, error);

    return stunt_stock_state_incoming(warm->stock, &warm->fresh, machine, error) ? &warm->fresh : NULL;
}

static const struct {
    const char *name;
    StartFunc start;
    guint full, quick; /* samples */
    const char *what;
} ways[] = {
    { "loadvm", by_loadvm, 15, 3, "QEMU's loadvm in the process that made the snapshot" },
    { "incoming", by_incoming, 15, 3, "a new QEMU with -incoming and a whole migration stream" },
    { "boot", by_boot, 3, 1, "a boot, and the driver loaded" },
};

/* What is waited for, one after the other; each counts from asking for the machine. */
enum { READY, ANSWER, COMMAND, GOALS };

static const struct {
    const char *name, *what;
} goals[GOALS] = {
    [READY] = { "start", "wall time from asking for a booted machine until it stands ready" },
    [ANSWER] = { "start.answer", "wall time from asking for it to its answer to a question put at once" },
    [COMMAND] = { "start.command", "the same, and a first small command that uses driver and device" },
};

typedef struct {
    StuntFigure *figure[GOALS];
    StuntSeries *series[GOALS][G_N_ELEMENTS(ways)];
} Figures;

static void figures_init(Figures *figures)
{
    for (guint goal = 0; goal < GOALS; goal++) {
        StuntFigure *figure = stunt_figure_new(goals[goal].name, "ms", goals[goal].what);

        figures->figure[goal] = figure;
        for (guint way = 0; way < G_N_ELEMENTS(ways); way++) {
            figures->series[goal][way] =
                way ? stunt_figure_against(figure, ways[way].name, ways[way].what) : figure->series;
        }
    }
}

static void figures_clear(Figures *figures)
{
    for (guint goal = 0; goal < GOALS; goal++) {
        g_clear_pointer(&figures->figure[goal], stunt_figure_free);
    }
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Figures, figures_clear)

static void warm_clear(Warm *warm)
{
    stunt_rig_clear(&warm->fresh);
    stunt_rig_clear(&warm->kept);
    g_clear_pointer(&warm->stock, stunt_stock_state_free);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Warm, warm_clear)

static gboolean reach(Warm *warm, guint way, double at_ms[GOALS], GError **error)
{
    StuntRig *rig = ways[way].start(warm, error);

    at_ms[READY] = stunt_measuring_now_ms();
    if (!rig || !stunt_guest_sync(rig->guest, 0, error)) {
        return FALSE;
    }
    at_ms[ANSWER] = stunt_measuring_now_ms();
    if (!stunt_rig_run(rig, stunt_workload.round_trip.once, error)) {
        return FALSE;
    }
    at_ms[COMMAND] = stunt_measuring_now_ms();
    return TRUE;
}

static gboolean sample(Warm *warm, guint way, const Figures *figures, GError **error)
{
    double asked_ms = stunt_measuring_now_ms(), at_ms[GOALS];

    if (!reach(warm, way, at_ms, error)) {
        g_prefix_error(error, "%s: ", ways[way].name);
        return FALSE;
    }
    for (guint goal = 0; goal < GOALS; goal++) {
        stunt_series_add(figures->series[goal][way], at_ms[goal] - asked_ms);
    }
    return TRUE;
}

/* The first boot is a sample, too. */
static gboolean keep_booted(Warm *warm, const Figures *figures, GError **error)
{
    if (!sample(warm, G_N_ELEMENTS(ways) - 1, figures, error)) {
        return FALSE;
    }
    warm->kept = warm->fresh;
    warm->fresh = (StuntRig){ 0 };
    warm->stock = stunt_stock_state_save(&warm->kept, error);
    return warm->stock != NULL;
}

/* One more sample of each way that is to have more. ret_any: whether there was one. */
static gboolean take_turns(Warm *warm, const Figures *figures, gboolean *ret_any, GError **error)
{
    *ret_any = FALSE;
    for (guint way = 0; way < G_N_ELEMENTS(ways); way++) {
        guint taken = figures->series[READY][way]->sample->len;

        if (stunt_measuring_more(warm->measuring, taken, ways[way].full, ways[way].quick)) {
            if (!sample(warm, way, figures, error)) {
                return FALSE;
            }
            stunt_rig_clear(&warm->fresh);
            *ret_any = TRUE;
        }
    }
    return TRUE;
}

static gboolean measure(Warm *warm, const Figures *figures, GError **error)
{
    gboolean any = TRUE;

    if (!keep_booted(warm, figures, error)) {
        return FALSE;
    }
    while (any) {
        if (!take_turns(warm, figures, &any, error)) {
            return FALSE;
        }
    }
    return TRUE;
}

gboolean stunt_bench_warm(StuntMeasuring *measuring, GError **error)
{
    g_auto(Warm) warm = { .measuring = measuring };
    g_auto(Figures) figures;

    figures_init(&figures);
    if (!measure(&warm, &figures, error)) {
        return FALSE;
    }
    for (guint goal = 0; goal < GOALS; goal++) {
        stunt_measuring_keep(measuring, g_steal_pointer(&figures.figure[goal]));
    }
    return TRUE;
}
