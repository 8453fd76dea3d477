/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The engine: tables by name, matching, status. The text form of a rule is read in fault-rule.c. */
#include "fault.h"
#include "number.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

const struct stunt_class_info *stunt_class_by_name(const char *name)
{
    for (size_t i = 0; i < stunt_n_classes; i++) {
        if (strcmp(stunt_classes[i].name, name) == 0) {
            return &stunt_classes[i];
        }
    }
    return NULL;
}

const struct stunt_class_info *stunt_class_by_id(uint16_t id)
{
    for (size_t i = 0; i < stunt_n_classes; i++) {
        if (stunt_classes[i].id == id) {
            return &stunt_classes[i];
        }
    }
    return NULL;
}

const struct stunt_action_info *stunt_action_by_name(const char *name)
{
    for (size_t i = 0; i < stunt_n_actions; i++) {
        if (strcmp(stunt_actions[i].name, name) == 0) {
            return &stunt_actions[i];
        }
    }
    return NULL;
}

const struct stunt_action_info *stunt_action_by_id(uint16_t id)
{
    for (size_t i = 0; i < stunt_n_actions; i++) {
        if (stunt_actions[i].id == id) {
            return &stunt_actions[i];
        }
    }
    return NULL;
}

void stunt_fault_init(struct stunt_fault_engine *engine, uint64_t seed)
{
    memset(engine, 0, sizeof(*engine));
    engine->seed = seed;
    engine->next_number = 1;
}

/* The count may come from a snapshot, and the compiler cannot know it either: never beyond the array. */
static size_t n_armed(const struct stunt_fault_engine *engine)
{
    return engine->n_rules < STUNT_RULES_MAX ? engine->n_rules : STUNT_RULES_MAX;
}

static void update_classes(struct stunt_fault_engine *engine)
{
    engine->classes = 0;
    for (size_t i = 0; i < n_armed(engine); i++) {
        engine->classes |= UINT64_C(1) << (engine->rule[i].class_id & 63);
    }
}

/* A fired rule that goes away leaves its followers free; the number of one that did not fire stays unmet. */
static void release_followers(struct stunt_fault_engine *engine, const struct stunt_rule *gone)
{
    for (size_t i = 0; i < n_armed(engine); i++) {
        if (gone->fired && engine->rule[i].after == gone->number) {
            engine->rule[i].after = 0;
        }
    }
}

static void remove_rule(struct stunt_fault_engine *engine, size_t i)
{
    release_followers(engine, &engine->rule[i]);
    engine->n_rules--;
    memmove(&engine->rule[i], &engine->rule[i + 1], (engine->n_rules - i) * sizeof(engine->rule[0]));
    memset(&engine->rule[engine->n_rules], 0, sizeof(engine->rule[0]));
    update_classes(engine);
}

bool stunt_fault_disarm(struct stunt_fault_engine *engine, const char *id)
{
    bool all = strcmp(id, "*") == 0;
    bool found = false;

    for (size_t i = n_armed(engine); i-- > 0;) {
        if (all || strcmp(engine->rule[i].id, id) == 0) {
            remove_rule(engine, i);
            found = true;
        }
    }
    return found;
}

/* splitmix64: one step, the upper half is the roll. */
static uint64_t roll(struct stunt_fault_engine *engine)
{
    uint64_t z = engine->seed += UINT64_C(0x9e3779b97f4a7c15);

    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return (z ^ (z >> 31)) >> 32;
}

static bool fields_match(const struct stunt_rule *rule, const uint64_t field[STUNT_FIELDS_MAX])
{
    for (unsigned i = 0; i < STUNT_FIELDS_MAX; i++) {
        if ((rule->match_used & (1u << i)) && (field[i] & rule->match_mask[i]) != rule->match_value[i]) {
            return false;
        }
    }
    return true;
}

/* A bit for each rule that has fired before this event: what `after` asks for. */
static uint32_t fired_rules(const struct stunt_fault_engine *engine)
{
    uint32_t fired = 0;

    _Static_assert(STUNT_RULES_MAX <= 32, "a bit per rule");
    for (size_t i = 0; i < n_armed(engine); i++) {
        fired |= (engine->rule[i].fired ? UINT32_C(1) : 0) << i;
    }
    return fired;
}

static bool after_met(const struct stunt_fault_engine *engine, const struct stunt_rule *rule, uint32_t fired)
{
    if (rule->after == 0) {
        return true;
    }
    for (size_t i = 0; i < n_armed(engine); i++) {
        if (engine->rule[i].number == rule->after) {
            return (fired >> i) & 1;
        }
    }
    return false;
}

/* Is this match one of those that the rule was armed for? The roll comes last: it changes the seed. */
static bool fires(struct stunt_fault_engine *engine, const struct stunt_rule *rule)
{
    if (rule->matched < rule->nth || (rule->times && rule->fired >= rule->times)) {
        return false;
    }
    if (rule->every > 1 && (rule->matched - rule->nth) % rule->every != 0) {
        return false;
    }
    return rule->probability >= STUNT_ALWAYS || roll(engine) < rule->probability;
}

static void record_firing(struct stunt_rule *rule, const uint64_t field[STUNT_FIELDS_MAX], uint64_t time_ns,
                          uint64_t seq)
{
    if (rule->fired++ == 0) {
        memcpy(rule->first_field, field, sizeof(rule->first_field));
        rule->first_ns = time_ns;
        rule->first_seq = seq;
    }
}

static bool breaks(const struct stunt_rule *rule)
{
    const struct stunt_action_info *action = stunt_action_by_id(rule->action);

    return action && strcmp(action->name, "mark") != 0 && strcmp(action->name, "verify") != 0;
}

const struct stunt_rule *stunt_fault_match(struct stunt_fault_engine *engine, uint16_t device,
                                           uint16_t class_id, const uint64_t field[STUNT_FIELDS_MAX],
                                           uint64_t time_ns, uint64_t seq)
{
    const struct stunt_rule *breaking = NULL, *watching = NULL;
    uint32_t fired;

    if (class_id > 63 || !(engine->classes & (UINT64_C(1) << class_id))) {
        return NULL;
    }
    fired = fired_rules(engine);
    for (size_t i = 0; i < n_armed(engine); i++) {
        struct stunt_rule *rule = &engine->rule[i];
        const struct stunt_rule **place = breaks(rule) ? &breaking : &watching;

        if (rule->device != device || rule->class_id != class_id || time_ns < rule->from_ns ||
            time_ns > rule->to_ns || !after_met(engine, rule, fired) || !fields_match(rule, field)) {
            continue;
        }
        rule->matched++;
        if ((place == &breaking && breaking) || !fires(engine, rule)) {
            continue; /* an event is broken once; the rule waits for its next match */
        }
        record_firing(rule, field, time_ns, seq);
        *place = *place ? *place : rule;
    }
    return breaking ? breaking : watching;
}

size_t stunt_fault_status(const struct stunt_fault_engine *engine, char *buf, size_t len)
{
    size_t full = 0;

    if (len) {
        buf[0] = '\0';
    }
    for (size_t i = 0; i < n_armed(engine); i++) {
        const struct stunt_rule *rule = &engine->rule[i];
        bool room = full < len;
        int n = snprintf(room ? buf + full : NULL, room ? len - full : 0,
                         "id=%s number=%u armed=1 matched=%" PRIu64 " fired=%" PRIu64 " first_ns=%" PRIu64
                         " first_seq=%" PRIu64 "\n",
                         rule->id, (unsigned)rule->number, rule->matched, rule->fired, rule->first_ns,
                         rule->first_seq);

        full += n > 0 ? (size_t)n : 0;
    }
    return full;
}
