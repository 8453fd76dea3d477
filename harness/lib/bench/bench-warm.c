/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Having a booted machine, driver loaded, the agent at its question: by each way there is; then the guest's
 * first answer, and a first command. A way is one row; the first is the figure, the others its comparators.
 */
#include <string.h>
#include <sys/mman.h>

#include "lib/bench/stock-state.h"

#define BYTES_PER_MIB ((gsize)1 << 20)

typedef struct {
    StuntMeasuring *measuring;
    StuntStarter *starter; /* as `stunt run` has it */
    gsize memory_bytes;    /* of such a machine */
    StuntRig kept;         /* the machine that was saved with QEMU's means; stands anywhere */
    StuntRig fresh;        /* one made for a sample */
    StuntStockState *stock;
} Warm;

/* Gives a machine at its ready point, borrowed until end_sample(). */
typedef StuntRig *(*StartFunc)(Warm *warm, GError **error);

static StuntRig *by_starter(Warm *warm, StuntStarter *starter, StuntStartKind kind, GError **error)
{
    StuntMachine *machine = stunt_rig_device_machine(warm->measuring, NULL, error);

    return stunt_rig_start(&warm->fresh, starter, kind, machine, stunt_workload.module, error) ? &warm->fresh
                                                                                               : NULL;
}

static StuntRig *by_turbo(Warm *warm, GError **error)
{
    return by_starter(warm, warm->starter, STUNT_START_TURBO, error);
}

static StuntRig *by_strict(Warm *warm, GError **error)
{
    return by_starter(warm, warm->starter, STUNT_START_STRICT, error);
}

static StuntRig *by_strict_cold(Warm *warm, GError **error)
{
    return by_starter(warm, warm->measuring->starter, STUNT_START_STRICT, error);
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

enum { TURBO, STRICT, STRICT_COLD, LOADVM, INCOMING, BOOT, WAYS };

static const struct {
    const char *name;
    StartFunc start;
    guint full, quick; /* samples */
    const char *what;
} ways[WAYS] = {
    [TURBO] = { "turbo", by_turbo, 15, 3, "rewound in the process of an earlier run" },
    [STRICT] = { "strict", by_strict, 15, 3, "a new QEMU on a template, its process begun ahead of time" },
    [STRICT_COLD] = { "strict-cold", by_strict_cold, 15, 3, "the same from the start of its process" },
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

/* A machine made for the sample ends, a starter gets back its own. */
static void end_sample(Warm *warm)
{
    stunt_rig_clear(&warm->fresh);
}

static void warm_clear(Warm *warm)
{
    end_sample(warm);
    stunt_rig_clear(&warm->kept);
    g_clear_pointer(&warm->stock, stunt_stock_state_free);
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

/*
 * A host that is a virtual machine itself may have given memory back that was free for seconds; getting it again
 * takes ten times as long as what is measured. So it is there and free when a way asks for some.
 */
static void touch_memory(gsize bytes)
{
    void *p = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    if (p != MAP_FAILED) {
        madvise(p, bytes, MADV_HUGEPAGE);
        memset(p, 1, bytes);
        munmap(p, bytes);
    }
}

static gboolean sample(Warm *warm, guint way, const Figures *figures, GError **error)
{
    double asked_ms, at_ms[GOALS];

    if (warm->memory_bytes) {
        touch_memory(warm->memory_bytes);
    }
    asked_ms = stunt_measuring_now_ms();
    if (!reach(warm, way, at_ms, error)) {
        g_prefix_error(error, "%s: ", ways[way].name);
        return FALSE;
    }
    for (guint goal = 0; goal < GOALS; goal++) {
        stunt_series_add(figures->series[goal][way], at_ms[goal] - asked_ms);
    }
    return TRUE;
}

/* Each once without counting: a first start finds less than later ones, some not even a template. */
static gboolean go_first(Warm *warm, guint from, guint to, GError **error)
{
    double at_ms[GOALS];

    for (guint way = from; way <= to; way++) {
        if (!reach(warm, way, at_ms, error)) {
            g_prefix_error(error, "%s: ", ways[way].name);
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
    warm->memory_bytes = stunt_machine_all_memory_mib(warm->kept.machine) * BYTES_PER_MIB;
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
    const StuntStarterOptions options = { .folder = NULL };
    gboolean any = TRUE;

    warm->starter = stunt_starter_new(&options);
    if (!go_first(warm, TURBO, STRICT_COLD, error) || !keep_booted(warm, figures, error) ||
        !go_first(warm, LOADVM, INCOMING, error)) {
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
