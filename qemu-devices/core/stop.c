/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "qemu/osdep.h"
#include "qemu/main-loop.h"
#include "migration/vmstate.h"
#include "sysemu/cpus.h"
#include "sysemu/runstate.h"
#include "core/trace.h"

/* Outside the vCPU thread this may be a timer callback, which must not wait for the clock: only ask. */
static void start_stop(enum stunt_stop reason, uint32_t arg)
{
    stunt_trace.stop.reason = reason;
    stunt_trace.stop.arg = arg;
    if (qemu_in_vcpu_thread()) {
        vm_stop(RUN_STATE_PAUSED);
    } else {
        qemu_system_vmstop_request_prepare();
        qemu_system_vmstop_request(RUN_STATE_PAUSED);
    }
}

static void wait_turn(enum stunt_stop reason, uint32_t arg)
{
    StuntStop *stop = &stunt_trace.stop;

    /* A ring that is nearly full is drained at any stop; of two firings the first is told. */
    if (reason != STUNT_STOP_RING && !(stop->waiting & (1u << reason))) {
        stop->waiting |= 1u << reason;
        stop->waiting_arg[reason] = arg;
    }
}

bool stunt_stop_is_off(void)
{
    return stunt_trace.stop.off || qemu_shutdown_requested_get() != SHUTDOWN_CAUSE_NONE;
}

void stunt_stop_request(enum stunt_stop reason, uint32_t arg)
{
    StuntStop *stop = &stunt_trace.stop;

    if (stunt_stop_is_off()) {
        return;
    }
    if (!stunt_sleep_or_running()) {
        wait_turn(reason, arg);
    } else if (stop->reason == STUNT_STOP_NONE) {
        start_stop(reason, arg);
    } else if (stop->reason == STUNT_STOP_RING) {
        stop->reason = reason;
        stop->arg = arg;
    } else {
        wait_turn(reason, arg);
    }
}

static void again_expired(void *opaque)
{
    StuntStop *stop = opaque;

    for (unsigned reason = 1; reason < STUNT_STOP_REASONS; reason++) {
        if (stop->waiting & (1u << reason)) {
            stop->waiting &= ~(1u << reason);
            stunt_stop_request(reason, stop->waiting_arg[reason]);
        }
    }
}

static void deadline_expired(void *opaque)
{
    stunt_trace.deadline_ns = 0;
    stunt_stop_request(STUNT_STOP_DEADLINE, 0);
}

void stunt_stop_arm_deadline(void)
{
    if (stunt_trace.deadline_ns) {
        timer_mod_ns(stunt_trace.stop.deadline, MIN(stunt_trace.deadline_ns, INT64_MAX));
    } else {
        timer_del(stunt_trace.stop.deadline);
    }
}

static void report_stop(const StuntStop *stop)
{
    struct stunt_shm *shm = stunt_trace.shm;

    if (shm) {
        shm->stop_reason = stop->reason;
        shm->stop_arg = stop->arg;
        shm->stop_seq = stunt_trace.seq;
        shm->stop_time_ns = qemu_clock_get_ns(QEMU_CLOCK_VIRTUAL);
    }
}

static void state_changed(void *opaque, bool running, RunState state)
{
    StuntStop *stop = opaque;

    if (!running) {
        report_stop(stop);
        /* not at a stop whose time is the host's: the timeline must not tell of it */
        if (stop->reason != STUNT_STOP_NONE && stop->reason != STUNT_STOP_RING && !stunt_stop_is_off()) {
            stunt_trace_settle();
        }
        return;
    }
    stunt_sleep_goes_on();
    stop->reason = STUNT_STOP_NONE;
    stop->off = false;
    if (stunt_trace.shm) {
        stunt_trace.shm->stop_reason = STUNT_STOP_NONE;
    }
    if (stop->waiting) {
        timer_mod_ns(stop->again, qemu_clock_get_ns(QEMU_CLOCK_VIRTUAL));
    }
}

/*
 * A stop asked for by the vCPU thread is carried out by the main loop. Between the two the vCPU counts as
 * idle, and with -icount the main loop would skip virtual time to the next timer first, or not, as the host's
 * threads happen to run. This is called before it gets there.
 */
static void before_time_skips(void)
{
    if (stunt_trace.stop.reason != STUNT_STOP_NONE && stunt_sleep_or_running()) {
        stunt_sleep_stop();
    }
    stunt_sleep_before_leap();
}

static void main_loop_polls(Notifier *notifier, void *data)
{
    const MainLoopPoll *poll = data;

    if (poll->state == MAIN_LOOP_POLL_FILL) {
        stunt_sleep_before_wait();
    } else {
        before_time_skips();
    }
}

void stunt_stop_clear(void)
{
    StuntStop *stop = &stunt_trace.stop;

    stop->reason = STUNT_STOP_NONE;
    stop->waiting = 0;
    stop->off = false;
    timer_del(stop->again);
}

/* The request is forgotten when it is carried out, and a processor may still run until it stands. */
static void carry_out_shutdown(Notifier *notifier, void *data)
{
    stunt_trace.stop.off = true;
}

void stunt_stop_init(void)
{
    static Notifier poll_notifier = { .notify = main_loop_polls };
    static Notifier shutdown_notifier = { .notify = carry_out_shutdown };
    StuntStop *stop = &stunt_trace.stop;

    stop->again = timer_new_ns(QEMU_CLOCK_VIRTUAL, again_expired, stop);
    stop->deadline = timer_new_ns(QEMU_CLOCK_VIRTUAL, deadline_expired, stop);
    qemu_add_vm_change_state_handler(state_changed, stop);
    main_loop_poll_add_notifier(&poll_notifier);
    qemu_register_shutdown_notifier(&shutdown_notifier);
}

const VMStateDescription vmstate_stunt_stop = {
    .name = "stunt-stop",
    .version_id = 1,
    .minimum_version_id = 1,
    .fields = (VMStateField[]) {
        VMSTATE_UINT32(waiting, StuntStop),
        VMSTATE_UINT32_ARRAY(waiting_arg, StuntStop, STUNT_STOP_REASONS),
        VMSTATE_END_OF_LIST()
    }
};
