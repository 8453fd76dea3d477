/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The trace: one recorder and one fault engine for the whole process. Every device reports what happens to
 * stunt_event(); the trace numbers it, asks the rules, writes it into the shared ring, and tells the caller
 * which rule, if any, wants the event broken. The property and migration side of it belongs to stunt-link.
 *
 * Everything here runs under the big QEMU lock.
 */
#ifndef STUNT_CORE_TRACE_H
#define STUNT_CORE_TRACE_H

#include "qemu/atomic.h"
#include "qemu/timer.h"
#include "stunt/events.h"
#include "stunt/proto.h"
#include "core/fault.h"
#include "core/sleep.h"
#include "core/stop.h"

/*
 * Carries out an action that is about the device as a whole and not about the event. Gives NULL when it did, else
 * the rule.
 */
typedef const struct stunt_rule *StuntTraceActor(void *opaque, const struct stunt_rule *rule);

/*
 * A device that puts off what nobody could see yet does it now, and tells of it: the machine has come to stand, and who looks
 * at registers or at the timeline, or arms a rule, is to find them as they are.
 */
typedef void StuntTraceSettle(void *opaque);

typedef struct StuntTrace {
    const uint32_t *listening; /* of the shared memory; of a constant 0 without one */
    bool armed;                /* a rule or stop_at wants to see events though nobody listens */
    bool muted;                /* what happens now is not part of the machine's life */

    uint64_t seq;     /* number of the last event */
    uint64_t stop_at; /* event number to stop at, 0: none */
    uint64_t deadline_ns; /* virtual time to stop at, 0: none */
    struct stunt_fault_engine engine;
    StuntStop stop;
    StuntSleep sleep;

    struct stunt_shm *shm; /* NULL without a harness */
    size_t shm_size;
    struct stunt_event *ring;
    uint32_t ring_capacity;
    uint8_t *area[3]; /* StuntArea */
    uint32_t area_capacity[3];

    uint16_t n_devices;
    bool live[STUNT_SHM_DEVICES];
    StuntTraceActor *actor[STUNT_SHM_DEVICES]; /* NULL: such actions do nothing */
    void *actor_opaque[STUNT_SHM_DEVICES];
    StuntTraceSettle *settle[STUNT_SHM_DEVICES]; /* NULL: it puts nothing off */
    void *settle_opaque[STUNT_SHM_DEVICES];
    struct stunt_shm_device device[STUNT_SHM_DEVICES];
} StuntTrace;

/* Message areas of the shared memory. */
typedef enum StuntArea {
    STUNT_AREA_TX,
    STUNT_AREA_RX,
    STUNT_AREA_DUMP,
} StuntArea;

extern StuntTrace stunt_trace;
extern const VMStateDescription vmstate_stunt_trace;

const struct stunt_rule *stunt_event_slow(uint16_t device, uint16_t class_id,
                                          const uint64_t field[STUNT_FIELDS_MAX], bool ask_rules);

static inline bool stunt_trace_idle(void)
{
    return !(qatomic_read(stunt_trace.listening) | stunt_trace.armed);
}

/*
 * Reports an event of `device` (an index from stunt_trace_register()); up to five fields follow. Gives the
 * rule that wants it broken, owned by the engine and valid until a rule is armed or disarmed, or NULL. The
 * actions that break nothing (pause, forbid, mark, verify) are done when it returns and give NULL.
 */
#define stunt_event(device, class_id, ...) \
    (likely(stunt_trace_idle()) ? NULL : \
     stunt_event_slow((device), (class_id), (const uint64_t[STUNT_FIELDS_MAX]){ __VA_ARGS__ }, true))

/* Puts on the timeline what a fault itself caused: recorded, but no rule is asked about it. */
#define stunt_event_echo(device, class_id, ...) \
    do { \
        if (unlikely(!stunt_trace_idle())) { \
            stunt_event_slow((device), (class_id), (const uint64_t[STUNT_FIELDS_MAX]){ __VA_ARGS__ }, \
                             false); \
        } \
    } while (0)

/* Does any rule watch events of this class? */
static inline bool stunt_trace_watches(uint16_t class_id)
{
    return !stunt_trace.muted && (stunt_trace.engine.classes & (UINT64_C(1) << class_id));
}

/* Does this rule do that? False for NULL. */
static inline bool stunt_rule_is(const struct stunt_rule *rule, uint16_t action)
{
    return rule && rule->action == action;
}

/*
 * Enters a device into the device table under its id, or under TYPE and a number when it has none. Gives its
 * index, or -1 with an error when the table is full or the name is taken or too long.
 */
int stunt_trace_register(const char *id, const char *type, Error **errp);
void stunt_trace_unregister(int index);

/* Who carries out the actions on the whole of this device, until it is unregistered. */
void stunt_trace_set_actor(int index, StuntTraceActor *actor, void *opaque);

/* Who does what this device has put off whenever the machine comes to stand, until it is unregistered. */
void stunt_trace_set_settle(int index, StuntTraceSettle *settle, void *opaque);
void stunt_trace_settle(void);

/* Maps and checks the shared memory at `path`. False with an error that says what is wrong with it. */
bool stunt_trace_attach(const char *path, Error **errp);
void stunt_trace_detach(void);

/* Arms a rule given as text; see fault.h. */
bool stunt_trace_arm(const char *text, Error **errp);
bool stunt_trace_change(const char *text, Error **errp);
bool stunt_trace_disarm(const char *id, Error **errp);

/* Stop when event `seq` happens; 0: never mind. */
void stunt_trace_stop_at(uint64_t seq);

/* Stop at this virtual time, at once when it is past; 0: never mind. */
void stunt_trace_deadline(uint64_t deadline_ns);

/* While muted, events are neither numbered nor recorded nor shown to rules. */
void stunt_trace_mute(bool mute);

/* After the trace's state was put back. */
void stunt_trace_loaded(void);

/* Once, before anything else. */
void stunt_trace_init(void);

#endif
