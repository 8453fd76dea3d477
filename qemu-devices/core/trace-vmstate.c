/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a snapshot keeps of the trace: the numbering, the rules and their history, pending stops. */
#include "qemu/osdep.h"
#include "migration/vmstate.h"
#include "core/trace.h"

static const VMStateDescription vmstate_rule = {
    .name = "stunt-fault-rule",
    .version_id = 2,
    .minimum_version_id = 2,
    .fields = (VMStateField[]) {
        VMSTATE_BUFFER_UNSAFE(id, struct stunt_rule, 0, STUNT_RULE_ID_MAX),
        VMSTATE_UINT16(number, struct stunt_rule),
        VMSTATE_UINT16(device, struct stunt_rule),
        VMSTATE_UINT16(class_id, struct stunt_rule),
        VMSTATE_UINT16(action, struct stunt_rule),
        VMSTATE_UINT8(match_used, struct stunt_rule),
        VMSTATE_UINT64_ARRAY(match_value, struct stunt_rule, STUNT_FIELDS_MAX),
        VMSTATE_UINT64_ARRAY(match_mask, struct stunt_rule, STUNT_FIELDS_MAX),
        VMSTATE_UINT64(nth, struct stunt_rule),
        VMSTATE_UINT64(every, struct stunt_rule),
        VMSTATE_UINT64(times, struct stunt_rule),
        VMSTATE_UINT64(from_ns, struct stunt_rule),
        VMSTATE_UINT64(to_ns, struct stunt_rule),
        VMSTATE_UINT64(probability, struct stunt_rule),
        VMSTATE_UINT16(after, struct stunt_rule),
        VMSTATE_UINT16(type, struct stunt_rule),
        VMSTATE_UINT64_ARRAY(param, struct stunt_rule, STUNT_PARAMS_MAX),
        VMSTATE_UINT64(armed_ns, struct stunt_rule),
        VMSTATE_UINT64(matched, struct stunt_rule),
        VMSTATE_UINT64(fired, struct stunt_rule),
        VMSTATE_UINT64(first_ns, struct stunt_rule),
        VMSTATE_UINT64(first_seq, struct stunt_rule),
        VMSTATE_UINT64_ARRAY(first_field, struct stunt_rule, STUNT_FIELDS_MAX),
        VMSTATE_END_OF_LIST()
    }
};

static bool rules_fit(void *opaque, int version_id)
{
    const struct stunt_fault_engine *engine = opaque;

    return engine->n_rules <= STUNT_RULES_MAX;
}

static int engine_pre_load(void *opaque)
{
    struct stunt_fault_engine *engine = opaque;

    memset(engine->rule, 0, sizeof(engine->rule));
    return 0;
}

static const VMStateDescription vmstate_engine = {
    .name = "stunt-fault-engine",
    .version_id = 1,
    .minimum_version_id = 1,
    .pre_load = engine_pre_load,
    .fields = (VMStateField[]) {
        VMSTATE_UINT64(seed, struct stunt_fault_engine),
        VMSTATE_UINT64(classes, struct stunt_fault_engine),
        VMSTATE_UINT16(next_number, struct stunt_fault_engine),
        VMSTATE_UINT16(n_rules, struct stunt_fault_engine),
        VMSTATE_VALIDATE("no more rules than there is room for", rules_fit),
        {
            .name = "rule",
            .num_offset = vmstate_offset_value(struct stunt_fault_engine, n_rules, uint16_t),
            .vmsd = &vmstate_rule,
            .size = sizeof(struct stunt_rule),
            .flags = VMS_STRUCT | VMS_VARRAY_UINT16,
            .offset = offsetof(struct stunt_fault_engine, rule),
        },
        VMSTATE_END_OF_LIST()
    }
};

static int trace_pre_load(void *opaque)
{
    stunt_stop_clear();
    stunt_trace.sleep.held = false;
    return 0;
}

static int trace_post_load(void *opaque, int version_id)
{
    stunt_trace_loaded();
    return 0;
}

const VMStateDescription vmstate_stunt_trace = {
    .name = "stunt-trace",
    .version_id = 2,
    .minimum_version_id = 2,
    .pre_load = trace_pre_load,
    .post_load = trace_post_load,
    .fields = (VMStateField[]) {
        VMSTATE_UINT64(seq, StuntTrace),
        VMSTATE_UINT64(stop_at, StuntTrace),
        VMSTATE_UINT64(deadline_ns, StuntTrace),
        VMSTATE_STRUCT(engine, StuntTrace, 0, vmstate_engine, struct stunt_fault_engine),
        VMSTATE_STRUCT(stop, StuntTrace, 0, vmstate_stunt_stop, StuntStop),
        VMSTATE_BOOL(sleep.asleep, StuntTrace),
        VMSTATE_UINT32(sleep.wake, StuntTrace),
        VMSTATE_END_OF_LIST()
    }
};
