/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * When all processors sleep, QEMU's main loop moves the virtual clock to the next deadline (icount_start_warp_timer()
 * in softmmu/icount.c). A processor is known to sleep from its HLT on, but what it executed before that is added to the
 * clock only when its thread comes back from there (icount_process_data() in accel/tcg). A host that takes that
 * thread off its core in between lets the main loop jump from a clock that is behind, and the instructions come on
 * top of the deadline: an interrupt is late by a few of them, in one run of a hundred on a busy host. So a processor
 * counts as idle when its instructions are counted. Its thread wakes the main loop then.
 */
#include "qemu/osdep.h"
#include "hw/core/cpu.h"
#include "qemu/notify.h"
#include "sysemu/accel-ops.h"
#include "sysemu/cpu-timers.h"
#include "sysemu/sysemu.h"
#include "core/warp.h"

#define TCG_OPS ACCEL_OPS_NAME("tcg")

static unsigned holds; /* under the big QEMU lock, as all who ask for it */

void stunt_warp_hold(void)
{
    holds++;
}

void stunt_warp_release(void)
{
    holds--;
}

/* It is halted, and nothing waits for it. */
static bool is_counted(CPUState *cpu)
{
    return !holds && !qatomic_read(&cpu->icount_budget);
}

static void machine_is_ready(Notifier *notifier, void *data)
{
    if (icount_enabled()) {
        ACCEL_OPS_CLASS(object_class_by_name(TCG_OPS))->cpu_thread_is_idle = is_counted;
    }
}

void stunt_warp_init(void)
{
    static Notifier ready = { .notify = machine_is_ready };

    qemu_add_machine_init_done_notifier(&ready);
}
