/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The smallest job through driver and model: system call, doorbell, the model's work, interrupt, handler,
 * and back to the caller, who waited asleep.
 */
#include "lib/bench/bench.h"

#define FULL      15
#define QUICK     3
#define US_PER_MS 1000

typedef struct {
    const StuntLoop *loop;
    StuntSeries *wall, *guest;
} Side;

static gboolean sample(StuntRig *rig, const Side *side, GError **error)
{
    StuntCost cost;

    if (!stunt_rig_time_more(rig, side->loop, &cost, error)) {
        return FALSE;
    }
    stunt_series_add(side->wall, cost.wall_ms * US_PER_MS);
    stunt_series_add(side->guest, cost.guest_ms * US_PER_MS);
    return TRUE;
}

gboolean stunt_bench_irq(StuntMeasuring *measuring, GError **error)
{
    const StuntWorkload *work = &stunt_workload;
    const char *stock = work->stock.name;
    g_auto(StuntRig) rig = { 0 };
    g_autoptr(StuntFigure) wall = stunt_figure_new(
        "irq", "us", "wall time of the smallest job through driver, model and interrupt, back to the caller");
    g_autoptr(StuntFigure) guest =
        stunt_figure_new("irq.virtual", "us", "virtual time of the same: what the guest believes it took");
    const Side ours = { &work->round_trip, wall->series, guest->series };
    const Side theirs = {
        &work->stock.round_trip,
        stunt_figure_against(wall, stock,
                             "reading a page from QEMU's own device of that name, past the cache"),
        stunt_figure_against(guest, stock, "the same there"),
    };

    if (!stunt_rig_boot_stock(&rig, measuring, NULL, error)) {
        return FALSE;
    }
    for (guint i = 0; stunt_measuring_more(measuring, i, FULL, QUICK); i++) {
        if (!sample(&rig, &ours, error) || !sample(&rig, &theirs, error)) {
            return FALSE;
        }
    }
    stunt_measuring_keep(measuring, g_steal_pointer(&wall));
    stunt_measuring_keep(measuring, g_steal_pointer(&guest));
    return TRUE;
}
