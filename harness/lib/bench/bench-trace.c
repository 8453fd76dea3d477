/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What looking costs: the same guest work with events recorded and not, with a fault rule and without. */
#include "lib/bench/bench.h"
#include "stunt/error.h"

#define FULL  15
#define QUICK 2

static gboolean listen_on(StuntRig *rig, GError **error)
{
    (void)error;
    stunt_vm_listen(rig->vm, TRUE);
    return TRUE;
}

static gboolean listen_off(StuntRig *rig, GError **error)
{
    (void)error;
    stunt_vm_listen(rig->vm, FALSE);
    return TRUE;
}

static gboolean rule_on(StuntRig *rig, GError **error)
{
    g_autofree char *rule = g_strconcat("id=never ", stunt_workload.never, NULL);

    return stunt_vm_arm(rig->vm, stunt_workload.device, rule, error);
}

static gboolean rule_off(StuntRig *rig, GError **error)
{
    return stunt_vm_disarm(rig->vm, "never", error);
}

/* One of the two ways that take turns. */
typedef struct {
    gboolean (*enter)(StuntRig *rig, GError **error); /* called with the machine standing still */
    gboolean recorded;                                /* whether events must come */
    StuntSeries *series;
} Way;

/* series: NULL when it does not count. A figure that was not measured as it says would be worse than none. */
static gboolean time_traffic(StuntRig *rig, gboolean recorded, StuntSeries *series, GError **error)
{
    gsize before = stunt_timeline_events(rig->timeline);
    double start_ms = stunt_measuring_now_ms();

    if (!stunt_rig_run(rig, stunt_workload.traffic, error)) {
        return FALSE;
    }
    if (series) {
        stunt_series_add(series, stunt_measuring_now_ms() - start_ms);
    }
    if ((stunt_timeline_events(rig->timeline) > before) != recorded || stunt_vm_events_lost(rig->vm)) {
        g_set_error(error, STUNT_ERROR, STUNT_ERROR_FAILED, "events were %s",
                    stunt_vm_events_lost(rig->vm) ? "lost"
                    : recorded                    ? "not recorded"
                                                  : "recorded all the same");
        return FALSE;
    }
    return TRUE;
}

static gboolean go_way(StuntRig *rig, const Way *way, GError **error)
{
    return way->enter(rig, error) && time_traffic(rig, way->recorded, way->series, error);
}

/* The first run fills QEMU's buffer of translations and does not count. */
static gboolean take_turns(StuntMeasuring *measuring, const Way *first, const Way *second, GError **error)
{
    g_auto(StuntRig) rig = { 0 };

    if (!stunt_rig_start_fresh(&rig, measuring, stunt_rig_device_machine(measuring, NULL, error),
                               stunt_workload.module, error) ||
        !time_traffic(&rig, TRUE, NULL, error)) {
        return FALSE;
    }
    for (guint i = 0; stunt_measuring_more(measuring, i, FULL, QUICK); i++) {
        if (!go_way(&rig, first, error) || !go_way(&rig, second, error)) {
            return FALSE;
        }
    }
    return TRUE;
}

gboolean stunt_bench_events(StuntMeasuring *measuring, GError **error)
{
    g_autoptr(StuntFigure) figure = stunt_figure_new(
        "events", "ms", "wall time of a command that keeps driver and device busy, all events recorded");
    StuntSeries *silent = stunt_figure_against(figure, "off", "the same command with no event recorded");
    const Way off = { listen_off, FALSE, silent }, on = { listen_on, TRUE, figure->series };

    if (!take_turns(measuring, &off, &on, error)) {
        return FALSE;
    }
    stunt_measuring_keep(measuring, g_steal_pointer(&figure));
    return TRUE;
}

gboolean stunt_bench_faults(StuntMeasuring *measuring, GError **error)
{
    g_autoptr(StuntFigure) figure = stunt_figure_new(
        "faults", "ms", "wall time of the same command as for events, recorded, with no rule armed");
    StuntSeries *armed = stunt_figure_against(
        figure, "never-matching", "with one rule that looks at every register write and never matches");
    const Way with = { rule_on, TRUE, armed }, without = { rule_off, TRUE, figure->series };

    if (!take_turns(measuring, &with, &without, error)) {
        return FALSE;
    }
    stunt_measuring_keep(measuring, g_steal_pointer(&figure));
    return TRUE;
}
