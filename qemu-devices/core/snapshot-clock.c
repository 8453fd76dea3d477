/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "qemu/osdep.h"
#include "qemu/seqlock.h"
#include "qemu/thread.h"
#include "qemu/timer.h"
#include "hw/core/cpu.h"
#include "sysemu/accel-ops.h"
#include "sysemu/cpus.h"
#include "sysemu/cpu-timers.h"
#include "sysemu/qtest.h"
#include "softmmu/timers-state.h"
#include "core/clock.h"
#include "core/snapshot-parts.h"

/*
 * With -accel qtest virtual time is a number that tests can only raise, and that is not migrated. For
 * rewinding it is read through here.
 */
static int64_t (*qtest_clock)(void);
static int64_t qtest_behind_ns;

static int64_t adjusted_qtest_clock(void)
{
    return qtest_clock() - qtest_behind_ns;
}

static void set_qtest_clock(int64_t ns)
{
    if (!qtest_clock) {
        AccelOpsClass *ops = ACCEL_OPS_CLASS(object_class_by_name(ACCEL_OPS_NAME("qtest")));

        qtest_clock = ops->get_virtual_clock;
        ops->get_virtual_clock = adjusted_qtest_clock;
    }
    qtest_behind_ns = qtest_clock() - ns;
}

StuntClocks stunt_clocks_save(void)
{
    return (StuntClocks){
        .ticks_prev = timers_state.cpu_ticks_prev,
        .qtest_ns = qtest_enabled() ? qemu_clock_get_ns(QEMU_CLOCK_VIRTUAL) : 0,
    };
}

void stunt_clocks_restore(const StuntClocks *clocks)
{
    timers_state.cpu_ticks_prev = clocks->ticks_prev;
    if (qtest_enabled()) {
        set_qtest_clock(clocks->qtest_ns);
    }
}

void stunt_clock_leap(int64_t ns)
{
    seqlock_write_lock(&timers_state.vm_clock_seqlock, &timers_state.vm_clock_lock);
    qatomic_set_i64(&timers_state.qemu_icount_bias, timers_state.qemu_icount_bias + ns);
    seqlock_write_unlock(&timers_state.vm_clock_seqlock, &timers_state.vm_clock_lock);
}

/* Timers that have become due run when the processor is out of its access, so it must look for them. */
static void pass_icount(int64_t ns)
{
    stunt_clock_leap(ns);
    qemu_cpu_kick(current_cpu);
}

void stunt_clock_pass(uint64_t ns)
{
    int64_t passing = MIN(ns, STUNT_CLOCK_PASS_MAX_NS);

    if (qtest_enabled()) {
        set_qtest_clock(qemu_clock_get_ns(QEMU_CLOCK_VIRTUAL) + passing);
    } else if (icount_enabled() && qemu_in_vcpu_thread()) {
        pass_icount(passing);
    }
}
