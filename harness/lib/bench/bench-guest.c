/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What dealing with a guest costs that has nothing to do: a rendezvous, and idle time. */
#include "lib/bench/bench.h"

#define SYNC_FULL   20
#define SYNC_QUICK  5
#define SYNC_REPEAT 100 /* in a sample */
#define IDLE_FULL   20
#define IDLE_QUICK  5
#define IDLE_NS     (30 * G_GUINT64_CONSTANT(1000000000))
#define IDLE_MS     30000.0
#define US_PER_MS   1000

/* A machine that has slept and has answered once: what only a first time costs does not count. */
static gboolean start(StuntRig *rig, const StuntMeasuring *measuring, GError **error)
{
    return stunt_rig_start_fresh(rig, measuring, stunt_rig_machine(measuring, NULL, error), NULL, error) &&
           stunt_guest_sleep(rig->guest, IDLE_NS, error) && stunt_guest_sync(rig->guest, 0, error);
}

static gboolean sync_often(StuntRig *rig, StuntSeries *series, GError **error)
{
    double start_ms = stunt_measuring_now_ms();

    for (guint i = 0; i < SYNC_REPEAT; i++) {
        if (!stunt_guest_sync(rig->guest, 0, error)) {
            return FALSE;
        }
    }
    stunt_series_add(series, (stunt_measuring_now_ms() - start_ms) * US_PER_MS / SYNC_REPEAT);
    return TRUE;
}

static gboolean query_often(StuntRig *rig, StuntSeries *series, GError **error)
{
    double start_ms = stunt_measuring_now_ms();

    for (guint i = 0; i < SYNC_REPEAT; i++) {
        if (!stunt_vm_qmp(rig->vm, "query-status", NULL, NULL, error)) {
            return FALSE;
        }
    }
    stunt_series_add(series, (stunt_measuring_now_ms() - start_ms) * US_PER_MS / SYNC_REPEAT);
    return TRUE;
}

gboolean stunt_bench_rendezvous(StuntMeasuring *measuring, GError **error)
{
    g_auto(StuntRig) rig = { 0 };
    g_autoptr(StuntFigure) figure =
        stunt_figure_new("rendezvous", "us", "wall time of a question to the agent (sync) and its answer");
    StuntSeries *query =
        stunt_figure_against(figure, "qmp", "one command to the same QEMU that the guest has no part in");

    if (!start(&rig, measuring, error)) {
        return FALSE;
    }
    for (guint i = 0; stunt_measuring_more(measuring, i, SYNC_FULL, SYNC_QUICK); i++) {
        if (!sync_often(&rig, figure->series, error) || !query_often(&rig, query, error)) {
            return FALSE;
        }
    }
    stunt_measuring_keep(measuring, g_steal_pointer(&figure));
    return TRUE;
}

gboolean stunt_bench_idle(StuntMeasuring *measuring, GError **error)
{
    g_auto(StuntRig) rig = { 0 };
    g_autoptr(StuntFigure) figure =
        stunt_figure_new("idle", "ms", "wall time in which 30 s pass in a guest with nothing to do");

    stunt_series_add(stunt_figure_against(figure, "real-time", "30 s, by definition: not measured"), IDLE_MS);
    if (!start(&rig, measuring, error)) {
        return FALSE;
    }
    for (guint i = 0; stunt_measuring_more(measuring, i, IDLE_FULL, IDLE_QUICK); i++) {
        double start_ms = stunt_measuring_now_ms();

        if (!stunt_guest_sleep(rig.guest, IDLE_NS, error)) {
            return FALSE;
        }
        stunt_series_add(figure->series, stunt_measuring_now_ms() - start_ms);
    }
    stunt_measuring_keep(measuring, g_steal_pointer(&figure));
    return TRUE;
}
