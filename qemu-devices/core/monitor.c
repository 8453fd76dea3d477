/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "qemu/osdep.h"
#include "chardev/chardev-internal.h"
#include "monitor/monitor-internal.h"
#include "sysemu/runstate.h"
#include "sysemu/sysemu.h"
#include "core/monitor.h"

/*
 * A command that is whole suspends reading until it was carried out, but what was read with it is queued. The
 * queue takes eight, and the shortest command has 16 bytes: {"execute":"xx"}.
 */
#define AT_ONCE 128

static bool found;

static int can_read(void *opaque)
{
    return monitor_can_read(opaque) ? AT_ONCE : 0;
}

static int widen(Object *object, void *opaque)
{
    Chardev *chardev = (Chardev *)object_dynamic_cast(object, TYPE_CHARDEV);
    CharBackend *be = chardev ? chardev->be : NULL;

    /* The monitor's own thread sets it when it takes the connection over, and uses it. */
    if (be && qatomic_read(&be->chr_can_read) == monitor_can_read && monitor_is_qmp(be->opaque)) {
        qatomic_set(&be->chr_can_read, can_read);
        found = true;
    }
    return 0;
}

static void look(void)
{
    if (!found) {
        object_child_foreach(get_chardevs_root(), widen, NULL);
    }
}

static void machine_is_ready(Notifier *notifier, void *data)
{
    look();
}

static void state_changed(void *opaque, bool running, RunState state)
{
    look();
}

void stunt_monitor_init(void)
{
    static Notifier ready = { .notify = machine_is_ready };

    qemu_add_machine_init_done_notifier(&ready);
    qemu_add_vm_change_state_handler(state_changed, NULL);
}
