/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Having a booted machine, driver loaded, the agent at its question: by each way there is; then the guest's
 * first answer, and a first command. A way is one row; the first is the figure, the others its comparators.
 */
#include "lib/bench/stock-state.h"
#include "stunt/error.h"
#include "stunt/start.h"

#define SEED 1

typedef struct {
    StuntMeasuring *measuring;
    StuntStarter *starter;
    StuntModule module;    /* loaded at the ready point */
    GPtrArray *modules;    /* the same in a list */
    StuntMachine *machine; /* of the starter's */
    StuntReady ready;      /* lent by the starter, for a sample */
    StuntRig lent;         /* the same, borrowed */
    StuntRig kept;         /* the machine that was saved with QEMU's means; stands anywhere */
    StuntRig fresh;        /* one made for a sample */
    StuntStockState *stock;
} Warm;

/* Gives a machine at its ready point, borrowed until end_sample(). */
typedef StuntRig *(*StartFunc)(Warm *warm, GError **error);

/* A figure that was not measured as it says would be worse than none. */
static StuntRig *by_starter(Warm *warm, StuntStartKind kind, GError **error)
{
    const StuntStartRequest request = {
        .kind = kind, .machine = warm->machine, .module = warm->modules, .seed = SEED
    };
    StuntReady *ready = &warm->ready;

    if (!stunt_starter_start(warm->starter, &request, ready, error)) {
        return NULL;
    }
    if (ready->kind != kind) {
        g_set_error(error, STUNT_ERROR, STUNT_ERROR_FAILED, "started by %s: %s",
                    stunt_start_kind_name(ready->kind), ready->warning ? ready->warning : "");
        return NULL;
    }
    warm->lent = (StuntRig){ .timeline = ready->timeline, .vm = ready->vm, .guest = ready->guest };
    return &warm->lent;
}

static StuntRig *by_turbo(Warm *warm, GError **error)
{
    return by_starter(warm, STUNT_START_TURBO, error);
}

static StuntRig *by_strict(Warm *warm, GError **error)
{
    return by_starter(warm, STUNT_START_STRICT, error);
}

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

enum { TURBO, STRICT, LOADVM, INCOMING, BOOT, WAYS };

static const struct {
    const char *name;
    StartFunc start;
    guint full, quick; /* samples */
    const char *what;
} ways[WAYS] = {
    [TURBO] = { "turbo", by_turbo, 15, 3, "rewound in the process of an earlier run" },
    [STRICT] = { "strict", by_strict, 15, 3, "a new QEMU on a template, its process begun ahead of time" },
    [LOADVM] = { "loadvm", by_loadvm, 15, 3, "QEMU's loadvm in the process that made the snapshot" },
    [INCOMING] = { "incoming", by_incoming, 15, 3, "a new QEMU with -incoming and a whole migration stream" },
    [BOOT] = { "boot", by_boot, 3, 1, "a boot, and the driver loaded" },
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
    StuntSeries *series[GOALS][WAYS];
} Figures;

static void figures_init(Figures *figures)
{
    for (guint goal = 0; goal < GOALS; goal++) {
        StuntFigure *figure = stunt_figure_new(goals[goal].name, "ms", goals[goal].what);

        figures->figure[goal] = figure;
        for (guint way = 0; way < WAYS; way++) {
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

/* Machines made for the sample end, the starter gets back its own. */
static void end_sample(Warm *warm)
{
    stunt_rig_clear(&warm->fresh);
    stunt_starter_release(warm->starter, &warm->ready);
    warm->ready = (StuntReady){ 0 };
    warm->lent = (StuntRig){ 0 };
}

static void warm_clear(Warm *warm)
{
    end_sample(warm);
    stunt_rig_clear(&warm->kept);
    g_clear_pointer(&warm->stock, stunt_stock_state_free);
    g_clear_pointer(&warm->machine, stunt_machine_free);
    g_clear_pointer(&warm->modules, g_ptr_array_unref);
    g_clear_pointer(&warm->starter, stunt_starter_free);
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

/* Each once without counting: a first start makes the template, and leaves what later ones find. */
static gboolean prepare_starter(Warm *warm, GError **error)
{
    const StuntStarterOptions options = { .folder = NULL };
    double at_ms[GOALS];

    warm->module = (StuntModule){ (char *)stunt_workload.module, (char *)"" };
    warm->modules = g_ptr_array_new();
    g_ptr_array_add(warm->modules, &warm->module);
    warm->starter = stunt_starter_new(&options);
    warm->machine = stunt_rig_device_machine(warm->measuring, NULL, error);
    if (!warm->machine) {
        return FALSE;
    }
    for (guint way = 0; way <= STRICT; way++) {
        if (!reach(warm, way, at_ms, error)) {
            return FALSE;
        }
        end_sample(warm);
    }
    return TRUE;
}

/* The first boot is a sample, too. */
static gboolean keep_booted(Warm *warm, const Figures *figures, GError **error)
{
    if (!sample(warm, BOOT, figures, error)) {
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
    for (guint way = 0; way < WAYS; way++) {
        guint taken = figures->series[READY][way]->sample->len;

        if (stunt_measuring_more(warm->measuring, taken, ways[way].full, ways[way].quick)) {
            if (!sample(warm, way, figures, error)) {
                return FALSE;
            }
            end_sample(warm);
            *ret_any = TRUE;
        }
    }
    return TRUE;
}

static gboolean measure(Warm *warm, const Figures *figures, GError **error)
{
    gboolean any = TRUE;

    if (!prepare_starter(warm, error) || !keep_booted(warm, figures, error)) {
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
