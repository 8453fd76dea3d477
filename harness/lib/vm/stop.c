/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From stop to stop: letting the machine run, draining its events, saying why it stands still. */
#include <string.h>

#include "lib/util/wait.h"
#include "lib/vm/cmdline.h"
#include "lib/vm/vm.h"
#include "stunt/error.h"

#define DRAIN_MS  10
#define IDLE_PART 50 /* who has had less than this part of a processor does nothing */

/* First line of a dump that stunt_link.ko wrote because of a panic; an oops or a reboot says another word. */
#define PANIC_MARK "stunt: kernel log at Panic\n"

void stunt_vm_handle_event(const char *name, JsonNode *event_data G_GNUC_UNUSED, gpointer data)
{
    StuntVm *vm = data;

    if (strcmp(name, "STOP") == 0) {
        vm->stopped = TRUE;
    } else if (strcmp(name, "RESUME") == 0) {
        vm->stopped = FALSE;
    } else if (strcmp(name, "SHUTDOWN") == 0) {
        vm->off = TRUE;
    }
}

static void on_reply(JsonNode *result G_GNUC_UNUSED, const GError *error, gpointer data)
{
    StuntVm *vm = data;

    if (error && !vm->failed) {
        vm->failed = g_error_copy(error);
    }
}

static void send_deadline(StuntVm *vm, guint64 deadline_ns)
{
    JsonNode *value = json_node_init_int(json_node_alloc(), (gint64)deadline_ns);

    stunt_qmp_send(vm->qmp, "qom-set", stunt_vm_qom_arguments(STUNT_LINK_ID, "deadline-ns", value), on_reply,
                   vm);
    vm->deadline_ns = deadline_ns;
}

/* gdb stops the machine at a breakpoint and lets it go on: that is no stop of ours. */
static gboolean stopped_by_gdb(const StuntVm *vm)
{
    return vm->debugged && !vm->off && stunt_shm_header(vm->shm)->stop_reason == STUNT_STOP_NONE;
}

static gboolean stands(gpointer data)
{
    const StuntVm *vm = data;

    return (vm->stopped && !stopped_by_gdb(vm)) || vm->failed || stunt_qmp_broken(vm->qmp);
}

static gboolean on_drain(gpointer data)
{
    StuntVm *vm = data;

    if (!vm->failed) {
        stunt_shm_drain(vm->shm, vm->timeline, &vm->failed);
    }
    return G_SOURCE_CONTINUE;
}

/*
 * On a busy host a machine gets little of a processor. It then has longer than the limit of wall time, until it has had that
 * much of a processor, but not when it makes no use of one: nothing is to be expected of it. One that has ended stands.
 */
static gboolean wait_for_stop(StuntVm *vm, guint64 limit_ms)
{
    const guint64 begin_ms = stunt_process_cpu_ms(vm->process);
    guint64 before_ms, now_ms = begin_ms;

    do {
        before_ms = now_ms;
        if (stunt_wait_until(stands, vm, limit_ms)) {
            return TRUE;
        }
        now_ms = stunt_process_cpu_ms(vm->process);
    } while (now_ms - begin_ms < limit_ms && now_ms - before_ms >= limit_ms / IDLE_PART);
    return FALSE;
}

/* Runs the machine to the next STOP of whatever cause. */
static gboolean run(StuntVm *vm, GError **error)
{
    const guint64 limit_ms = vm->debugged ? 0 : vm->wall_limit_ms;
    guint drain;
    gboolean done;

    vm->stopped = FALSE;
    vm->running = TRUE;
    stunt_shm_header(vm->shm)->stop_reason = STUNT_STOP_NONE;
    stunt_qmp_send(vm->qmp, "cont", NULL, on_reply, vm);
    drain = g_timeout_add(DRAIN_MS, on_drain, vm);
    done = wait_for_stop(vm, limit_ms);
    g_source_remove(drain);
    vm->running = FALSE;
    on_drain(vm);

    if (!done) {
        g_set_error(error, STUNT_ERROR, STUNT_ERROR_TIMEOUT,
                    "the machine did not stop within its backstop of %" G_GUINT64_FORMAT " ms", limit_ms);
    } else if (vm->failed) {
        g_propagate_error(error, g_error_copy(vm->failed));
    } else if (stunt_qmp_broken(vm->qmp)) {
        g_propagate_error(error, g_error_copy(stunt_qmp_broken(vm->qmp)));
    }
    return done && !vm->failed && !stunt_qmp_broken(vm->qmp);
}

static gboolean dump_says_panic(const StuntVm *vm)
{
    gsize len;
    const char *dump = stunt_shm_dump(vm->shm, &len);

    return g_strstr_len(dump, len, PANIC_MARK) != NULL;
}

/*
 * QEMU stopped it, not one of our devices. After a power-off the processor may run on for a while that
 * depends on
 * the host, so the time is that of the last event, which does not.
 */
static gboolean stopped_by_qemu(StuntVm *vm, GError **error)
{
    const gsize n = vm->timeline ? stunt_timeline_events(vm->timeline) : 0;

    if (!vm->off) {
        g_set_error(error, STUNT_ERROR, STUNT_ERROR_QEMU, "QEMU stopped the machine by itself");
        return FALSE;
    }
    if (n > vm->since) {
        vm->now_ns = MAX(vm->now_ns, stunt_timeline_event(vm->timeline, n - 1)->time_ns);
    }
    vm->why = dump_says_panic(vm) ? STUNT_STOPPED_PANIC : STUNT_STOPPED_OFF;
    return TRUE;
}

/*
 * A deadline can pass at a stop of another kind and be told at the next one. It may have been changed in
 * between: then
 * it is an old one, and QEMU has the new one still before it.
 */
static gboolean is_due(StuntVm *vm)
{
    const gboolean due = vm->deadline_ns && vm->deadline_ns <= vm->now_ns;

    if (due) {
        vm->deadline_ns = 0;
    }
    return due;
}

/* Whether `reason` is one that the caller hears of; then fills vm->why. */
static gboolean classify(StuntVm *vm, guint32 reason)
{
    switch (reason) {
    case STUNT_STOP_ASK:
        vm->why = STUNT_STOPPED_ASK;
        return TRUE;
    case STUNT_STOP_PAUSE:
        vm->why = STUNT_STOPPED_PAUSE;
        return TRUE;
    case STUNT_STOP_FORBID:
        vm->why = STUNT_STOPPED_FORBID;
        return TRUE;
    case STUNT_STOP_DEADLINE:
        vm->why = STUNT_STOPPED_DEADLINE;
        return is_due(vm);
    case STUNT_STOP_SLEEP:
        vm->why = STUNT_STOPPED_SLEEP;
        return TRUE;
    case STUNT_STOP_EVENT:
        vm->why = STUNT_STOPPED_EVENT;
        return TRUE;
    default:
        return FALSE;
    }
}

void stunt_vm_stand(StuntVm *vm)
{
    const struct stunt_shm *shm = stunt_shm_header(vm->shm);

    vm->now_ns = shm->stop_time_ns;
    vm->deadline_ns = STUNT_DEADLINE_UNKNOWN;
    vm->why = STUNT_STOPPED_BREAK; /* a stop without a reason is the only one that was put back so */
    classify(vm, shm->stop_reason);
}

void stunt_vm_break(StuntVm *vm, gboolean on)
{
    vm->breaking = on;
    if (on && vm->running) {
        stunt_qmp_send(vm->qmp, "stop", NULL, on_reply, vm);
    }
}

gboolean stunt_vm_drain(StuntVm *vm, GError **error)
{
    return stunt_shm_drain(vm->shm, vm->timeline, error);
}

/* QEMU notes the time of every stop, also of one that nobody in the machine asked for. */
static gboolean take_break(StuntVm *vm)
{
    if (!vm->breaking) {
        return FALSE;
    }
    vm->breaking = FALSE;
    vm->why = STUNT_STOPPED_BREAK;
    return TRUE;
}

static gboolean go(StuntVm *vm, GError **error)
{
    const struct stunt_shm *shm = stunt_shm_header(vm->shm);

    for (;;) {
        if (take_break(vm)) {
            return TRUE;
        }
        if (!run(vm, error)) {
            return FALSE;
        }
        if (vm->off || (shm->stop_reason == STUNT_STOP_NONE && !vm->breaking)) {
            return stopped_by_qemu(vm, error);
        }
        vm->now_ns = shm->stop_time_ns;
        if (classify(vm, shm->stop_reason)) {
            return TRUE;
        }
        /* the ring is empty again, or the deadline an old one: go on */
    }
}

gboolean stunt_vm_go(StuntVm *vm, guint64 deadline_ns, StuntStopped *ret_why, GError **error)
{
    g_autoptr(GError) why = NULL;

    if (vm->off) {
        g_set_error(error, STUNT_ERROR, STUNT_ERROR_GUEST, "the machine is off");
        return FALSE;
    }
    if (deadline_ns && deadline_ns <= vm->now_ns) {
        *ret_why = vm->why = STUNT_STOPPED_DEADLINE;
        return TRUE;
    }
    if (deadline_ns != vm->deadline_ns) {
        send_deadline(vm, deadline_ns);
    }
    if (go(vm, &why)) {
        *ret_why = vm->why;
        return TRUE;
    }
    stunt_vm_explain(vm, &why);
    g_propagate_error(error, g_steal_pointer(&why));
    return FALSE;
}

gboolean stunt_vm_clear_deadline(StuntVm *vm, GError **error)
{
    JsonNode *none = json_node_init_int(json_node_alloc(), 0);

    vm->deadline_ns = 0;
    return stunt_vm_qom_set(vm, STUNT_LINK_ID, "deadline-ns", none, error);
}

guint64 stunt_vm_now_ns(StuntVm *vm)
{
    return vm->now_ns;
}

guint stunt_vm_stop_arg(const StuntVm *vm)
{
    return stunt_shm_header(vm->shm)->stop_arg;
}

StuntStopped stunt_vm_stopped(const StuntVm *vm)
{
    return vm->why;
}
