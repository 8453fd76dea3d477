/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Events, rules and the device table. The shared memory is set up in trace-shm.c. */
#include "qemu/osdep.h"
#include "qapi/error.h"
#include "migration/vmstate.h"
#include "core/trace.h"

static const uint32_t nobody_listens;

StuntTrace stunt_trace = { .listening = &nobody_listens };

static void update_armed(void)
{
    stunt_trace.armed = !stunt_trace.muted && (stunt_trace.engine.classes || stunt_trace.stop_at);
}

void stunt_trace_mute(bool mute)
{
    stunt_trace.muted = mute;
    stunt_trace.listening = stunt_trace.shm && !mute ? &stunt_trace.shm->listening : &nobody_listens;
    update_armed();
}

static void record(const struct stunt_event *event)
{
    struct stunt_shm *shm = stunt_trace.shm;
    uint64_t head, used;

    if (!qatomic_read(stunt_trace.listening)) {
        return;
    }
    head = shm->head;
    used = head - qatomic_load_acquire(&shm->tail);
    if (used >= stunt_trace.ring_capacity) {
        shm->lost++;
        return;
    }
    stunt_trace.ring[head & (stunt_trace.ring_capacity - 1)] = *event;
    qatomic_store_release(&shm->head, head + 1);
    if (used + 1 >= stunt_trace.ring_capacity / 4 * 3) {
        stunt_stop_request(STUNT_STOP_RING, 0);
    }
}

static void count_event(void)
{
    stunt_trace.seq++;
    if (stunt_trace.stop_at && stunt_trace.seq >= stunt_trace.stop_at) {
        stunt_trace.stop_at = 0;
        update_armed();
        stunt_stop_request(STUNT_STOP_EVENT, 0);
    }
}

/* The actions that every class has. Gives the rule back when the caller must act. */
static const struct stunt_rule *act(const struct stunt_rule *rule)
{
    switch (rule->action) {
    case STUNT_ACT_PAUSE:
        stunt_stop_request(STUNT_STOP_PAUSE, rule->number);
        return NULL;
    case STUNT_ACT_FORBID:
        stunt_stop_request(STUNT_STOP_FORBID, rule->number);
        return NULL;
    case STUNT_ACT_MARK:
    case STUNT_ACT_VERIFY:
        return NULL;
    default:
        return stunt_trace.actor[rule->device]
                   ? stunt_trace.actor[rule->device](stunt_trace.actor_opaque[rule->device], rule)
                   : rule;
    }
}

/* The event `fault` of one firing. Rules may watch it, but what they do then is not told again. */
static void tell_firing(const struct stunt_rule *rule, uint64_t time_ns, uint64_t of_seq)
{
    struct stunt_event event = {
        .time_ns = time_ns,
        .class_id = STUNT_EV_FAULT,
        .device = rule->device,
        .field = { rule->number, rule->action, rule->fired, of_seq },
    };
    const struct stunt_rule *seen;

    count_event();
    event.seq = stunt_trace.seq;
    seen = stunt_fault_match(&stunt_trace.engine, event.device, event.class_id, event.field, time_ns,
                             event.seq);
    event.rule = seen ? seen->number : 0;
    record(&event);
    if (seen) {
        act(seen);
    }
}

static const struct stunt_rule *ask_rules_about(struct stunt_event *event)
{
    struct stunt_fault_engine *engine = &stunt_trace.engine;
    const struct stunt_rule *rule;
    uint64_t before[STUNT_RULES_MAX];

    for (unsigned i = 0; i < engine->n_rules; i++) {
        before[i] = engine->rule[i].fired;
    }
    rule = stunt_fault_match(engine, event->device, event->class_id, event->field, event->time_ns,
                             event->seq);
    event->rule = rule ? rule->number : 0;
    record(event);
    for (unsigned i = 0; i < engine->n_rules; i++) {
        if (engine->rule[i].fired != before[i]) {
            tell_firing(&engine->rule[i], event->time_ns, event->seq);
        }
    }
    return rule ? act(rule) : NULL;
}

const struct stunt_rule *stunt_event_slow(uint16_t device, uint16_t class_id,
                                          const uint64_t field[STUNT_FIELDS_MAX], bool ask_rules)
{
    struct stunt_event event = {
        .time_ns = qemu_clock_get_ns(QEMU_CLOCK_VIRTUAL),
        .class_id = class_id,
        .device = device,
    };

    if (stunt_stop_is_off()) {
        return NULL;
    }
    memcpy(event.field, field, sizeof(event.field));
    count_event();
    event.seq = stunt_trace.seq;
    if (ask_rules && (stunt_trace.engine.classes & (UINT64_C(1) << class_id))) {
        return ask_rules_about(&event);
    }
    record(&event);
    return NULL;
}

static int find_device(const char *name)
{
    for (int i = 0; i < stunt_trace.n_devices; i++) {
        if (strcmp(stunt_trace.device[i].name, name) == 0) {
            return i;
        }
    }
    return -1;
}

/* As stunt_device_lookup. */
static int look_up(const char *name, const struct stunt_device_events **ret_events, void *opaque)
{
    int index = find_device(name);

    if (index >= 0) {
        *ret_events = stunt_events_by_type(stunt_trace.device[index].type);
    }
    return index;
}

static bool choose_name(char name[STUNT_SHM_NAME], const char *id, const char *type, Error **errp)
{
    int found;

    if (id) {
        if (g_strlcpy(name, id, STUNT_SHM_NAME) >= STUNT_SHM_NAME) {
            error_setg(errp, "id '%s' is longer than %d characters", id, STUNT_SHM_NAME - 1);
            return false;
        }
        found = find_device(name);
        if (found >= 0 && stunt_trace.live[found]) {
            error_setg(errp, "another device is already called '%s'", name);
            return false;
        }
        return true;
    }
    for (int i = 0; i <= STUNT_SHM_DEVICES; i++) {
        snprintf(name, STUNT_SHM_NAME, "%s%d", type, i);
        found = find_device(name);
        if (found < 0 || !stunt_trace.live[found]) {
            break;
        }
    }
    return true;
}

int stunt_trace_register(const char *id, const char *type, Error **errp)
{
    char name[STUNT_SHM_NAME];
    int index;

    if (!choose_name(name, id, type, errp)) {
        return -1;
    }
    index = find_device(name);
    if (index < 0) {
        if (stunt_trace.n_devices == STUNT_SHM_DEVICES) {
            error_setg(errp, "no more than %d devices can be traced", STUNT_SHM_DEVICES);
            return -1;
        }
        index = stunt_trace.n_devices++;
    }
    stunt_trace.live[index] = true;
    memcpy(stunt_trace.device[index].name, name, sizeof(name));
    g_strlcpy(stunt_trace.device[index].type, type, STUNT_SHM_NAME);
    if (stunt_trace.shm) {
        stunt_trace.shm->device[index] = stunt_trace.device[index];
        stunt_trace.shm->devices = stunt_trace.n_devices;
    }
    return index;
}

void stunt_trace_unregister(int index)
{
    stunt_trace.live[index] = false;
    stunt_trace.actor[index] = NULL;
    stunt_trace.settle[index] = NULL;
}

void stunt_trace_set_actor(int index, StuntTraceActor *actor, void *opaque)
{
    stunt_trace.actor[index] = actor;
    stunt_trace.actor_opaque[index] = opaque;
}

void stunt_trace_set_settle(int index, StuntTraceSettle *settle, void *opaque)
{
    stunt_trace.settle[index] = settle;
    stunt_trace.settle_opaque[index] = opaque;
}

void stunt_trace_settle(void)
{
    for (unsigned i = 0; i < stunt_trace.n_devices; i++) {
        if (stunt_trace.settle[i]) {
            stunt_trace.settle[i](stunt_trace.settle_opaque[i]);
        }
    }
}

bool stunt_trace_arm(const char *text, Error **errp)
{
    char why[256];

    if (!stunt_fault_arm(&stunt_trace.engine, text, qemu_clock_get_ns(QEMU_CLOCK_VIRTUAL), look_up, NULL,
                         why, sizeof(why))) {
        error_setg(errp, "%s", why);
        return false;
    }
    update_armed();
    return true;
}

bool stunt_trace_change(const char *text, Error **errp)
{
    char why[256];

    if (!stunt_fault_change(&stunt_trace.engine, text, qemu_clock_get_ns(QEMU_CLOCK_VIRTUAL), why, sizeof(why))) {
        error_setg(errp, "%s", why);
        return false;
    }
    return true;
}

bool stunt_trace_disarm(const char *id, Error **errp)
{
    /* "all of them" may be none */
    if (!stunt_fault_disarm(&stunt_trace.engine, id) && strcmp(id, "*") != 0) {
        error_setg(errp, "no rule has the id '%s'", id);
        return false;
    }
    update_armed();
    return true;
}

void stunt_trace_stop_at(uint64_t seq)
{
    stunt_trace.stop_at = seq;
    update_armed();
}

void stunt_trace_deadline(uint64_t deadline_ns)
{
    stunt_trace.deadline_ns = deadline_ns;
    stunt_stop_arm_deadline();
}

void stunt_trace_init(void)
{
    stunt_fault_init(&stunt_trace.engine, 0);
    stunt_sleep_init();
    stunt_stop_init();
}

void stunt_trace_loaded(void)
{
    update_armed();
    stunt_stop_arm_deadline();
}
