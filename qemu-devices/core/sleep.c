/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * QEMU has a run state for S3, SUSPENDED, and what wakes (its RTC, its monitor) only works in that. But it was made for a
 * clock that is the host's: with -icount virtual time stands still there, no timer fires, and a stop is no stop. Here is
 * what is missing, from outside:
 *
 * - The virtual clock is switched on again, and leaps from deadline to deadline as it does for a processor that is idle.
 *   Only the main loop has it leap, under the big lock, so two runs are the same.
 * - SUSPENDED is the state of a machine that sleeps and whose time passes. One that sleeps and stands still is PAUSED as
 *   any other; `asleep` tells, and is part of its state. So snapshots need nothing of their own.
 * - QEMU carries out both the falling asleep and the waking in a later pass of its main loop. Between the request and that
 *   the processor is stopped, which QEMU takes for idle: time would leap, or not, as the host's threads happen to run.
 * - What woke too early, while the guest was still on its way down, is not lost: a chipset looks at its status bits when
 *   it is told to sleep, and does not begin to.
 */
#include "qemu/osdep.h"
#include "qemu/timer.h"
#include "hw/acpi/acpi.h"
#include "hw/core/cpu.h"
#include "hw/i386/ich9.h"
#include "hw/rtc/mc146818rtc.h"
#include "hw/rtc/mc146818rtc_regs.h"
#include "sysemu/cpu-timers.h"
#include "sysemu/reset.h"
#include "sysemu/sysemu.h"
#include "core/clock.h"
#include "core/trace.h"

static StuntSleep *the_sleep(void)
{
    return &stunt_trace.sleep;
}

bool stunt_sleep_is_asleep(void)
{
    return the_sleep()->asleep;
}

static bool passes_asleep(void)
{
    return the_sleep()->asleep && runstate_check(RUN_STATE_SUSPENDED);
}

bool stunt_sleep_or_running(void)
{
    return runstate_is_running() || passes_asleep();
}

void stunt_sleep_stop(void)
{
    if (passes_asleep()) {
        runstate_set(RUN_STATE_RUNNING);
    }
    vm_stop(RUN_STATE_PAUSED);
}

/* ---- the chipset ----------------------------------------------------------------------------------- */

/* NULL on a board without one. */
static ICH9LPCState *chipset(void)
{
    Object *found = object_resolve_path_type("", TYPE_ICH9_LPC_DEVICE, NULL);

    return found ? ICH9_LPC_DEVICE(found) : NULL;
}

static ACPIREGS *power_management(void)
{
    ICH9LPCState *lpc = chipset();

    return lpc ? &lpc->pm.acpi_regs : NULL;
}

/* QEMU's permission to wake follows the register when that is written, and not when it is loaded or reset. */
static void renew_permissions(void)
{
    const ACPIREGS *acpi = power_management();
    uint16_t enabled = acpi ? acpi->pm1.evt.en : 0;

    qemu_system_wakeup_enable(QEMU_WAKEUP_REASON_RTC, enabled & ACPI_BITMASK_RT_CLOCK_ENABLE);
    qemu_system_wakeup_enable(QEMU_WAKEUP_REASON_PMTIMER, enabled & ACPI_BITMASK_TIMER_ENABLE);
}

static bool alarm_rang(void)
{
    Object *rtc = object_resolve_path_type("", TYPE_MC146818_RTC, NULL);

    return rtc && MC146818_RTC(rtc)->cmos_data[RTC_REG_C] & REG_C_AF;
}

/* What was to wake it, and came before it slept. */
static StuntWake came_early(void)
{
    const ACPIREGS *acpi = power_management();

    if (!acpi) {
        return STUNT_WAKE_OTHER;
    }
    if (acpi->pm1.evt.en & acpi->pm1.evt.sts & ACPI_BITMASK_POWER_BUTTON_STATUS) {
        return STUNT_WAKE_BUTTON;
    }
    return acpi->pm1.evt.en & ACPI_BITMASK_RT_CLOCK_ENABLE && alarm_rang() ? STUNT_WAKE_RTC : STUNT_WAKE_OTHER;
}

/* QEMU knows no such reason and takes it for the button. */
static void tell_of_pme(void)
{
    ACPIREGS *acpi = power_management();

    if (acpi) {
        acpi->pm1.evt.sts &= ~ACPI_BITMASK_POWER_BUTTON_STATUS;
        acpi->pm1.evt.sts |= ACPI_BITMASK_PCIEXP_WAKE_STATUS;
    }
}

/* ---- falling asleep, waking ------------------------------------------------------------------------ */

static NotifierList power_goes = NOTIFIER_LIST_INITIALIZER(power_goes);

void stunt_sleep_add_notifier(Notifier *notifier)
{
    notifier_list_add(&power_goes, notifier);
}

/* QEMU sets SUSPENDED next, and aborts when it cannot: a stop may have come in the same pass of the main loop. */
static void falls_asleep(Notifier *notifier, void *data)
{
    StuntSleep *sleep = the_sleep();

    sleep->asleep = true;
    sleep->wake = came_early();
    renew_permissions();
    sleep->held = runstate_check(RUN_STATE_PAUSED);
    if (sleep->held) {
        runstate_set(RUN_STATE_RUNNING);
    }
    notifier_list_notify(&power_goes, NULL);
}

StuntWake stunt_sleep_source(WakeupReason reason)
{
    return reason == QEMU_WAKEUP_REASON_RTC ? STUNT_WAKE_RTC : the_sleep()->wake;
}

/* Registered first, so called last: the chipset has its status by now. */
static void wakes(Notifier *notifier, void *data)
{
    const WakeupReason *reason = data;
    StuntSleep *sleep = the_sleep();

    if (stunt_sleep_source(*reason) == STUNT_WAKE_PME) {
        tell_of_pme();
    }
    sleep->wake = STUNT_WAKE_OTHER;
}

/* Waking is one; and no other leaves it asleep. */
static void reset(void *opaque)
{
    the_sleep()->asleep = false;
}

void stunt_sleep_wake(StuntWake source)
{
    StuntSleep *sleep = the_sleep();

    if (sleep->asleep && sleep->wake == STUNT_WAKE_OTHER) {
        sleep->wake = source;
        qemu_notify_event();
    }
}

void stunt_sleep_button(void)
{
    if (the_sleep()->asleep) {
        stunt_sleep_wake(STUNT_WAKE_BUTTON);
    } else {
        qemu_system_powerdown_request();
    }
}

/* ---- from the main loop ---------------------------------------------------------------------------- */

/* Bare: who cares for stops has been told of this one already, and not of a start since. */
static void stand_still_again(void)
{
    the_sleep()->held = false;
    runstate_set(RUN_STATE_RUNNING);
    runstate_set(RUN_STATE_PAUSED);
}

void stunt_sleep_before_wait(void)
{
    if (the_sleep()->held) {
        stand_still_again();
    } else if (passes_asleep() && stunt_trace.stop.reason != STUNT_STOP_NONE) {
        stunt_sleep_stop(); /* before any timer that is due */
    } else if (passes_asleep()) {
        qemu_clock_enable(QEMU_CLOCK_VIRTUAL, true);
    }
}

/* A stopped processor of a machine that runs: QEMU is about to reset it, to put it to sleep or to wake it. */
static void keep_time(void)
{
    CPUState *cpu;

    CPU_FOREACH(cpu) {
        if (cpu->stopped) {
            cpu->stop = true; /* as if it had yet to stop: then it is not idle */
        }
    }
}

static void leap(void)
{
    int64_t ns = qemu_clock_deadline_ns_all(QEMU_CLOCK_VIRTUAL, ~QEMU_TIMER_ATTR_EXTERNAL);

    if (icount_enabled() && ns >= 0) {
        stunt_clock_leap(ns);
        qemu_clock_notify(QEMU_CLOCK_VIRTUAL);
    }
}

void stunt_sleep_before_leap(void)
{
    const StuntSleep *sleep = the_sleep();

    if (passes_asleep() && sleep->wake != STUNT_WAKE_OTHER) {
        qemu_system_wakeup_request(
            sleep->wake == STUNT_WAKE_RTC ? QEMU_WAKEUP_REASON_RTC : QEMU_WAKEUP_REASON_OTHER, NULL);
    }
    if (passes_asleep()) {
        leap();
    } else if (runstate_is_running()) {
        keep_time();
    }
}

/* Before QEMU would start the processors, which it does in RUNNING only. */
void stunt_sleep_goes_on(void)
{
    stunt_sleep_keep_window();
    if (the_sleep()->asleep) {
        renew_permissions();
        runstate_set(RUN_STATE_SUSPENDED);
    }
}

void stunt_sleep_init(void)
{
    static Notifier suspend_notifier = { .notify = falls_asleep };
    static Notifier wakeup_notifier = { .notify = wakes };

    qemu_register_suspend_notifier(&suspend_notifier);
    qemu_register_wakeup_notifier(&wakeup_notifier);
    qemu_register_reset(reset, NULL);
    stunt_sleep_board_init();
}
