/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What it costs to put a guest to sleep and to wake it. */
#include "lib/bench/bench.h"
#include "stunt/error.h"

#define FULL     10
#define QUICK    2
#define ROUNDS   10 /* in a sample */
#define SLEEP_NS (5 * G_GUINT64_CONSTANT(1000000000))

static const char *const fall_asleep[] = {
    "sh", "-c", "echo deep >/sys/power/mem_sleep && echo mem >/sys/power/state", NULL,
};

static gboolean round_trip(StuntRig *rig, GError **error)
{
    StuntCommand *command;

    if (!stunt_guest_suspend(rig->guest, fall_asleep, 0, error) || !stunt_guest_sleep(rig->guest, SLEEP_NS, error) ||
        !stunt_vm_press_power_button(rig->vm, error)) {
        return FALSE;
    }
    command = stunt_guest_sleeping(rig->guest)->command;
    if (!stunt_guest_wait(rig->guest, command, 0, error)) {
        return FALSE;
    }
    stunt_guest_awake(rig->guest);
    if (command->status) {
        g_set_error(error, STUNT_ERROR, STUNT_ERROR_GUEST, "the guest did not sleep well: %s", command->err->str);
    }
    return command->status == 0;
}

gboolean stunt_bench_sleep(StuntMeasuring *measuring, GError **error)
{
    g_auto(StuntRig) rig = { 0 };
    g_autoptr(StuntFigure) figure = stunt_figure_new(
        "sleep", "ms", "wall time in which a guest goes to S3, sleeps for 5 s and is awake again, with a driver to do the same");
    StuntMachine *machine = stunt_rig_device_machine(measuring, NULL, error);

    /* the first round is cold */
    if (!stunt_rig_start_fresh(&rig, measuring, machine, stunt_workload.module, error) || !round_trip(&rig, error)) {
        return FALSE;
    }
    for (guint i = 0; stunt_measuring_more(measuring, i, FULL, QUICK); i++) {
        double start_ms = stunt_measuring_now_ms();

        for (guint k = 0; k < ROUNDS; k++) {
            if (!round_trip(&rig, error)) {
                return FALSE;
            }
        }
        stunt_series_add(figure->series, (stunt_measuring_now_ms() - start_ms) / ROUNDS);
    }
    stunt_measuring_keep(measuring, g_steal_pointer(&figure));
    return TRUE;
}
