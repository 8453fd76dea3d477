/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A machine to measure on. */
#include "lib/bench/bench.h"
#include "stunt/error.h"

void stunt_rig_clear(StuntRig *rig)
{
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

gboolean stunt_rig_boot(StuntRig *rig, StuntMachine *machine, GError **error)
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
    return stunt_guest_boot(rig->guest, 0, error);
}

gboolean stunt_rig_boot_device(StuntRig *rig, const StuntMeasuring *measuring, const char *props,
                               GError **error)
{
    const StuntWorkload *work = &stunt_workload;
    StuntMachine *machine = stunt_rig_machine(measuring, NULL, error);

    if (machine) {
        machine->cmdline = g_strdup(work->cmdline);
        stunt_device_defs_add(machine->device, work->device, work->type, props);
    }
    return stunt_rig_boot(rig, machine, error) && stunt_guest_insmod(rig->guest, work->module, "", 0, error);
}

gboolean stunt_rig_run(StuntRig *rig, const char *const *argv, GError **error)
{
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
    return TRUE;
}
