/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A machine to measure on. */
#include "lib/bench/bench.h"
#include "stunt/error.h"

#define NS_PER_MS 1e6
#define SEED      1

static void give_back(StuntRig *rig)
{
    stunt_starter_release(rig->starter, &rig->ready);
    rig->starter = NULL;
    rig->guest = NULL;
    rig->vm = NULL;
    rig->timeline = NULL;
}

void stunt_rig_clear(StuntRig *rig)
{
    if (rig->starter) {
        give_back(rig);
    }
    g_clear_pointer(&rig->guest, stunt_guest_free);
    g_clear_pointer(&rig->vm, stunt_vm_free);
    g_clear_pointer(&rig->timeline, stunt_timeline_free);
    g_clear_pointer(&rig->machine, stunt_machine_free);
}

StuntMachine *stunt_rig_machine(const StuntMeasuring *measuring, const char *kernel, GError **error)
{
    const StuntSetup *setup = measuring->request->setup;
    g_autoptr(StuntKernel) found = stunt_setup_find_kernel(setup, kernel, error);

    return found ? stunt_setup_machine(setup, found) : NULL;
}

gboolean stunt_rig_make(StuntRig *rig, StuntMachine *machine, GError **error)
{
    if (!machine) {
        return FALSE;
    }
    rig->machine = machine;
    rig->timeline = stunt_timeline_new();
    rig->vm = stunt_vm_new(machine, rig->timeline, error);
    if (!rig->vm) {
        return FALSE;
    }
    rig->guest = stunt_guest_new(rig->vm);
    return TRUE;
}

/* A figure that was not measured as it says would be worse than none. */
static gboolean check_kind(const StuntReady *ready, StuntStartKind kind, GError **error)
{
    if (ready->kind != kind) {
        const char *why = ready->warning ? ready->warning : ready->note;

        g_set_error(error, STUNT_ERROR, STUNT_ERROR_FAILED, "started by %s: %s",
                    stunt_start_kind_name(ready->kind), why ? why : "");
        return FALSE;
    }
    return TRUE;
}

gboolean stunt_rig_start(StuntRig *rig, StuntStarter *starter, StuntStartKind kind, StuntMachine *machine,
                         const char *module, GError **error)
{
    StuntModule first = { (char *)module, (char *)"" };
    g_autoptr(GPtrArray) modules = g_ptr_array_new();
    const StuntStartRequest request = { .kind = kind, .machine = machine, .module = modules, .seed = SEED };

    if (!machine) {
        return FALSE;
    }
    if (module) {
        g_ptr_array_add(modules, &first);
    }
    rig->machine = machine;
    rig->starter = starter;
    if (!stunt_starter_start(starter, &request, &rig->ready, error)) {
        return FALSE;
    }
    rig->timeline = rig->ready.timeline;
    rig->vm = rig->ready.vm;
    rig->guest = rig->ready.guest;
    return check_kind(&rig->ready, kind, error);
}

gboolean stunt_rig_start_fresh(StuntRig *rig, const StuntMeasuring *measuring, StuntMachine *machine,
                               const char *module, GError **error)
{
    return stunt_rig_start(rig, measuring->starter, STUNT_START_STRICT, machine, module, error);
}

gboolean stunt_rig_boot(StuntRig *rig, StuntMachine *machine, GError **error)
{
    return stunt_rig_make(rig, machine, error) && stunt_guest_boot(rig->guest, 0, error);
}

StuntMachine *stunt_rig_device_machine(const StuntMeasuring *measuring, const char *props, GError **error)
{
    const StuntWorkload *work = &stunt_workload;
    StuntMachine *machine = stunt_rig_machine(measuring, NULL, error);

    if (machine) {
        machine->cmdline = g_strdup(work->cmdline);
        stunt_device_defs_add(machine->device, work->device, work->type, props);
    }
    return machine;
}

gboolean stunt_rig_boot_device(StuntRig *rig, const StuntMeasuring *measuring, const char *props,
                               GError **error)
{
    return stunt_rig_boot(rig, stunt_rig_device_machine(measuring, props, error), error) &&
           stunt_guest_insmod(rig->guest, stunt_workload.module, "", 0, error);
}

/* Its disk is a file that is there and in the page cache: the guest's kernel. */
static void add_stock(StuntMachine *machine)
{
    g_auto(GStrv) parts = g_strsplit(machine->kernel, ",", -1); /* in an option a comma is written twice */
    g_autofree char *path = g_strjoinv(",,", parts);

    g_ptr_array_add(machine->option, g_strdup("-blockdev"));
    g_ptr_array_add(machine->option,
                    g_strconcat("driver=file,node-name=stock,read-only=on,filename=", path, NULL));
    for (const char *const *option = stunt_workload.stock.option; *option; option++) {
        g_ptr_array_add(machine->option, g_strdup(*option));
    }
}

gboolean stunt_rig_boot_stock(StuntRig *rig, const StuntMeasuring *measuring, const char *props,
                              GError **error)
{
    const StuntStock *stock = &stunt_workload.stock;
    StuntMachine *machine = stunt_rig_device_machine(measuring, props, error);

    if (machine) {
        add_stock(machine);
    }
    return stunt_rig_boot(rig, machine, error) &&
           stunt_guest_insmod(rig->guest, stunt_workload.module, "", 0, error) &&
           stunt_guest_insmod(rig->guest, stock->module, "", 0, error) &&
           stunt_rig_run(rig, stock->ready, error);
}

gboolean stunt_rig_time(StuntRig *rig, const char *const *argv, StuntCost *ret_cost, GError **error)
{
    double start_ms = stunt_measuring_now_ms();
    StuntCommand *command = stunt_guest_spawn(rig->guest, argv, error);
    g_autofree char *line = NULL;

    if (!command || !stunt_guest_wait(rig->guest, command, 0, error)) {
        return FALSE;
    }
    if (command->status) {
        line = g_strjoinv(" ", (char **)argv);
        g_set_error(error, STUNT_ERROR, STUNT_ERROR_GUEST, "'%s' ended with status %d: %s%s", line,
                    command->status, command->out->str, command->err->str);
        return FALSE;
    }
    *ret_cost =
        (StuntCost){ stunt_measuring_now_ms() - start_ms, (command->end_ns - command->start_ns) / NS_PER_MS };
    return TRUE;
}

gboolean stunt_rig_run(StuntRig *rig, const char *const *argv, GError **error)
{
    StuntCost cost;

    return stunt_rig_time(rig, argv, &cost, error);
}

gboolean stunt_rig_time_more(StuntRig *rig, const StuntLoop *loop, StuntCost *ret_cost, GError **error)
{
    StuntCost once, often;

    if (!stunt_rig_time(rig, loop->once, &once, error) || !stunt_rig_time(rig, loop->often, &often, error)) {
        return FALSE;
    }
    *ret_cost = (StuntCost){ (often.wall_ms - once.wall_ms) / loop->more,
                             (often.guest_ms - once.guest_ms) / loop->more };
    return TRUE;
}
