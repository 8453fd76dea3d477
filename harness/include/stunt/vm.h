/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One virtual machine: QEMU with our devices, started stopped, driven from stop to stop.
 * Not thread-safe; a process may have several. All functions that wait run the default main context.
 */
#ifndef STUNT_VM_H
#define STUNT_VM_H

#include <glib.h>
#include <json-glib/json-glib.h>
#include "stunt/machine.h"
#include "stunt/timeline.h"

typedef struct StuntVm StuntVm;

/*
 * Files of a machine that has booted before (qemu-devices/core/snapshot.h), open for reading and writing. pages: -1 when
 * all of its memory is in `ram`.
 */
typedef struct {
    int state, ram, pages;
} StuntVmTemplate;

/*
 * Starts QEMU for the machine, stopped before its first instruction, with QMP and the shared memory
 * connected.
 * It dies with this process, also after SIGKILL, and leaves no file behind.
 * Errors: MISSING (a file is not there), QEMU (with its last output). Blocks for at most the machine's wall
 * limit.
 */
StuntVm *stunt_vm_new(const StuntMachine *machine, StuntTimeline *timeline, GError **error);

/*
 * The same in two parts: starting the process, which does not wait for it, and connecting to it. With a
 * template (its descriptors are duplicated) the machine's memory is a private mapping of the template's, and
 * stunt_vm_load() must follow; it has no kernel to boot.
 */
StuntVm *stunt_vm_spawn(const StuntMachine *machine, const StuntVmTemplate *template, StuntTimeline *timeline,
                        GError **error);
gboolean stunt_vm_connect(StuntVm *vm, GError **error);

/* Whether it stands still, and QEMU answers: what can be said of one that may be used again. */
gboolean stunt_vm_is_intact(const StuntVm *vm);

/* Ends QEMU if it still runs, waits for it. NULL is fine. */
void stunt_vm_free(StuntVm *vm);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(StuntVm, stunt_vm_free)

typedef enum {
    STUNT_STOPPED_ASK,      /* the agent asks: see stunt_vm_message() */
    STUNT_STOPPED_PAUSE,    /* a pause rule fired */
    STUNT_STOPPED_FORBID,   /* a forbid rule fired */
    STUNT_STOPPED_DEADLINE, /* the deadline given to stunt_vm_go() */
    STUNT_STOPPED_SLEEP,    /* the guest has fallen asleep */
    STUNT_STOPPED_EVENT,    /* machine.stop_at_event */
    STUNT_STOPPED_PANIC,    /* the guest panicked: see stunt_vm_dump() */
    STUNT_STOPPED_OFF,      /* the guest powered off, or reset */
    STUNT_STOPPED_BREAK,    /* stunt_vm_break() */
} StuntStopped;

/*
 * Lets the machine run until it stops by itself; drains the event ring into the timeline on the way.
 * deadline_ns is absolute virtual time, 0 for none.
 * Errors: TIMEOUT (the wall-clock backstop), QEMU (it died; message has its last output).
 */
gboolean stunt_vm_go(StuntVm *vm, guint64 deadline_ns, StuntStopped *ret_why, GError **error);

/*
 * From a source of the main context while a go runs, or between two: the machine stops at once, wherever it is, and
 * the go ends with STUNT_STOPPED_BREAK; without one under way the next does, before it runs. When the machine stops by
 * itself at that very moment, that stop is told first. FALSE takes back a break that no go has told yet.
 */
void stunt_vm_break(StuntVm *vm, gboolean on);

/* Takes the last deadline away, if it has not passed. Errors: QEMU. */
gboolean stunt_vm_clear_deadline(StuntVm *vm, GError **error);

StuntStopped stunt_vm_stopped(const StuntVm *vm);    /* why it stands still, after the first go */
guint64 stunt_vm_now_ns(StuntVm *vm);                /* virtual time of the last stop */
guint stunt_vm_stop_arg(const StuntVm *vm);          /* number of the rule, for PAUSE and FORBID */
StuntTimeline *stunt_vm_timeline(const StuntVm *vm); /* borrowed */
guint64 stunt_vm_events_lost(const StuntVm *vm);

/*
 * Whether events are recorded; they are from the start. Only while stopped. What happens meanwhile is on no
 * timeline and has no number, so this is for measuring only.
 */
void stunt_vm_listen(StuntVm *vm, gboolean on);

/*
 * Takes over what devices did since the machine stopped, because a property was set; the next go would. Errors:
 * PROTOCOL.
 */
gboolean stunt_vm_drain(StuntVm *vm, GError **error);

/* The agent's message after STUNT_STOPPED_ASK. Borrowed until the next go. */
gconstpointer stunt_vm_message(const StuntVm *vm, gsize *ret_len);

/* Sets the answer that the guest finds when it goes on; at most STUNT_MESSAGE_MAX bytes. Copies. */
gboolean stunt_vm_answer(StuntVm *vm, gconstpointer data, gsize len, GError **error);

/* Whether the guest has not yet taken the last answer. Setting another would lose that one. */
gboolean stunt_vm_answer_pending(const StuntVm *vm);

/*
 * Whether a stop is where it was asked for, to the instruction. In real time it is not: a guest may have
 * looked for
 * the answer before it stopped at its question.
 */
gboolean stunt_vm_is_exact(const StuntVm *vm);

/* Raises the link's attention interrupt: the agent asks as soon as it runs. Only while stopped. */
gboolean stunt_vm_attention(StuntVm *vm, GError **error);

/* Names of the power states of a device, as its property power-state numbers them. */
#define STUNT_POWER_STATES 5
extern const char *const stunt_power_states[STUNT_POWER_STATES];

/* Presses the power button of a machine that runs or sleeps in S3. Only while stopped. */
gboolean stunt_vm_press_power_button(StuntVm *vm, GError **error);

/* What a dying kernel wrote with kmsg_dump. Borrowed; may be empty. */
const char *stunt_vm_dump(const StuntVm *vm, gsize *ret_len);

/* One QMP command. arguments is consumed, may be NULL; so may ret_result. Errors: QEMU with QMP's text. */
gboolean stunt_vm_qmp(StuntVm *vm, const char *command, JsonNode *arguments, JsonNode **ret_result,
                      GError **error);

/* QOM properties of a device by its name ("dma0"). */
gboolean stunt_vm_qom_set(StuntVm *vm, const char *device, const char *property, JsonNode *value,
                          GError **error);
JsonNode *stunt_vm_qom_get(StuntVm *vm, const char *device, const char *property, GError **error);

/*
 * Fault rules, in the text form of qemu-devices/core/fault.h (without the word device=). Only while stopped.
 * Errors: INPUT with the engine's words.
 */
gboolean stunt_vm_arm(StuntVm *vm, const char *device, const char *rule, GError **error);
/* Changes an armed rule: "id=lost nth=3", see core/fault.h. */
gboolean stunt_vm_change(StuntVm *vm, const char *change, GError **error);
gboolean stunt_vm_disarm(StuntVm *vm, const char *rule_id, GError **error);

/* One armed rule as the fault engine reports it. */
typedef struct {
    char *id;
    guint number;
    gboolean armed;
    guint64 matched, fired, first_ns, first_seq;
} StuntRuleStatus;
void stunt_rule_status_free(StuntRuleStatus *status);
/* All rules, armed order: GPtrArray of StuntRuleStatus with free function. */
GPtrArray *stunt_vm_rules(StuntVm *vm, GError **error);

/* ---- going back ---------------------------------------------------------------------------------- */

/*
 * All only while the machine stands still; each name belongs to QEMU's process. Errors: QEMU (it refused,
 * with its words), PROTOCOL (the event ring broke). What the caller knows of the guest goes back with
 * stunt_guest_rewind().
 */

/* Keeps the machine's state under a name, in place of an older one of that name. */
gboolean stunt_vm_snapshot(StuntVm *vm, const char *name, GError **error);

/*
 * Puts the machine back to where it was at the snapshot, also out of a power-off or a panic; can be done many
 * times. Virtual time and event numbers go back, and a failure since is forgotten. What the machine did since
 * stays on the timeline: see stunt_timeline_hide().
 */
gboolean stunt_vm_rewind(StuntVm *vm, const char *name, GError **error);
gboolean stunt_vm_drop(StuntVm *vm, const char *name, GError **error); /* forgets a snapshot */

/*
 * Compares with the snapshot last taken or rewound to. ret_difference says where the machine differs, "" when
 * it does not; free with g_free.
 */
gboolean stunt_vm_check(StuntVm *vm, char **ret_difference, GError **error);

/*
 * Writes the machine into the template's files, which are empty; with `pages` all but `ram`, which is another machine's.
 * Errors: as above.
 */
gboolean stunt_vm_save(StuntVm *vm, const StuntVmTemplate *template, GError **error);

/*
 * Into a machine of the same definition that was spawned with the template; it stands then where it stood when saved, and
 * has a snapshot `name` of that. The name has no spaces. Errors: INPUT beside the above.
 */
gboolean stunt_vm_load(StuntVm *vm, const char *name, const StuntVmTemplate *template, GError **error);

/* Begins a run from here: seed of the fault engine; no rule may be armed. */
gboolean stunt_vm_begin(StuntVm *vm, guint64 seed, GError **error);

/*
 * Events go there from now on: borrowed; NULL drops them. The devices' names are told to it. Those not yet on
 * the old timeline get on none, and what was lost before does not count.
 */
void stunt_vm_set_timeline(StuntVm *vm, StuntTimeline *timeline);

/* The last lines that QEMU wrote to its stderr. Free with g_free. */
char *stunt_vm_qemu_output(StuntVm *vm);
pid_t stunt_vm_pid(const StuntVm *vm);

#endif
