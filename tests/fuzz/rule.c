/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Fuzz target: rule texts, raw or put together from real words, then a random stream of events. */
#include "fault.h"
#include "fuzz.h"
#include "number.h"

#include <string.h>

#define TEXT_SIZE 1200
#define RULES 6
#define EVENTS 64

static int lookup(const char *name, const struct stunt_device_events **ret_events, void *opaque)
{
    (void)opaque;
    *ret_events = name[1] ? &stunt_device_events[strlen(name) % stunt_n_device_events] : NULL;
    return strncmp(name, "d", 1) == 0 ? (int)(strlen(name) & 1) : -1;
}

static void add(char *text, const char *key, const char *value)
{
    size_t len = strlen(text);

    snprintf(text + len, TEXT_SIZE - len, "%s=%s ", key, value);
}

static void add_number(struct input *in, char *text, const char *key)
{
    static const unsigned bytes[] = { 1, 1, 1, 8 };
    char value[64];
    uint8_t how = take8(in);
    unsigned long long n = take(in, bytes[how & 3]), mask = take(in, 1 + (how & 4));

    if (how & 0x80) {
        snprintf(value, sizeof(value), "0x%llx/%llu", n & mask, mask);
    } else {
        snprintf(value, sizeof(value), (how & 0x40) ? "0x%llx" : "%llu", n);
    }
    add(text, key, value);
}

/* Mostly right: an id of its own, a class with one of its fields, an action with one of its parameters. */
static void compose(struct input *in, char *text)
{
    static const char *const number_word[] = { "nth", "every", "times" };
    static const char *const probability[] = { "0.5", "1/3", "1", "0.000001" };
    const struct stunt_class_info *class_info = &stunt_classes[take8(in) % stunt_n_classes];
    const struct stunt_action_info *action = &stunt_actions[take8(in) % stunt_n_actions];
    char word[64];
    uint8_t parts = take8(in);

    snprintf(word, sizeof(word), "r%u", take8(in) % 8u);
    add(text, "id", word);
    add(text, "device", (parts & 1) ? "d" : "d0");
    add(text, "at", class_info->name);
    add(text, "action", action->name);
    if (parts & 2) {
        snprintf(word, sizeof(word), "match.%s", class_info->field[take8(in) % class_info->n_fields]);
        add_number(in, text, word);
    }
    if ((parts & 4) && action->n_params) {
        snprintf(word, sizeof(word), "param.%s", action->param[take8(in) % action->n_params]);
        add_number(in, text, word);
    }
    if (parts & 8) {
        add_number(in, text, number_word[take8(in) % 3]);
    }
    if (parts & 16) {
        add(text, "probability", probability[take8(in) % 4]);
    }
    if (parts & 32) {
        snprintf(word, sizeof(word), "%u..%u", take8(in), take8(in));
        add(text, "between", word);
    }
    if (parts & 64) {
        snprintf(word, sizeof(word), "r%u", take8(in) % 8u);
        add(text, "after", word);
    }
}

static void raw(struct input *in, char *text)
{
    size_t len = take(in, 2) % TEXT_SIZE;

    for (size_t i = 0; i < len && in->left; i++) {
        text[i] = (char)take8(in);
    }
}

static void check_rule(const struct stunt_rule *rule)
{
    CHECK(rule->number != 0 && rule->nth != 0 && rule->from_ns <= rule->to_ns);
    CHECK(rule->probability != 0 && rule->probability <= STUNT_ALWAYS);
    CHECK(memchr(rule->id, 0, sizeof(rule->id)) && rule->id[0]);
    CHECK(stunt_class_by_id(rule->class_id) && stunt_action_by_id(rule->action));
    CHECK(rule->fired <= rule->matched);
    CHECK(rule->times == 0 || rule->fired <= rule->times);
}

static void check_message(const char *err, size_t size)
{
    CHECK(memchr(err, 0, size) && err[0]);
    for (; *err; err++) {
        CHECK(*err >= ' ' && *err <= '~');
    }
}

static void arm_one(struct input *in, struct stunt_fault_engine *engine)
{
    static struct stunt_fault_engine before;
    char text[TEXT_SIZE] = "", err[200];

    if (take8(in) & 7) {
        compose(in, text);
    } else {
        raw(in, text);
    }
    before = *engine;
    err[0] = '\0';
    if (stunt_fault_arm(engine, text, take8(in), lookup, NULL, err, sizeof(err))) {
        CHECK(engine->n_rules == before.n_rules + 1);
        check_rule(&engine->rule[engine->n_rules - 1]);
    } else {
        check_message(err, sizeof(err));
        CHECK(memcmp(engine, &before, sizeof(before)) == 0);
    }
}

/* Mostly of a rule that is there; what cannot change is among the words now and then. */
static void change_one(struct input *in, struct stunt_fault_engine *engine)
{
    static struct stunt_fault_engine before;
    char text[TEXT_SIZE] = "", err[200] = "", word[64];
    uint8_t parts = take8(in);

    if (parts & 1) {
        raw(in, text);
    } else {
        snprintf(word, sizeof(word), "r%u", take8(in) % 8u);
        add(text, "id", word);
        add_number(in, text, (parts & 2) ? "nth" : "match.channel");
        add(text, (parts & 4) ? "after" : "action", (parts & 4) ? "r1" : stunt_actions[parts % stunt_n_actions].name);
        if ((parts & 0xf0) == 0) {
            add(text, "at", "irq.raise");
        }
    }
    before = *engine;
    if (stunt_fault_change(engine, text, take8(in), err, sizeof(err))) {
        CHECK(engine->n_rules == before.n_rules && engine->next_number == before.next_number);
    } else {
        check_message(err, sizeof(err));
        CHECK(memcmp(engine, &before, sizeof(before)) == 0);
    }
}

static void one_event(struct input *in, struct stunt_fault_engine *engine, uint64_t seq)
{
    uint64_t field[STUNT_FIELDS_MAX];
    uint16_t class_id = take8(in) % 20, device = take8(in) & 1;
    const struct stunt_rule *rule;

    for (unsigned i = 0; i < STUNT_FIELDS_MAX; i++) {
        field[i] = take(in, 1);
    }
    rule = stunt_fault_match(engine, device, class_id, field, take8(in), seq);
    if (rule) {
        CHECK(rule >= engine->rule && rule < engine->rule + engine->n_rules);
        CHECK(rule->device == device && rule->class_id == class_id && rule->fired > 0);
    }
}

static void check_status(const struct stunt_fault_engine *engine)
{
    char buf[600];
    size_t full = stunt_fault_status(engine, buf, sizeof(buf));

    CHECK(memchr(buf, 0, sizeof(buf)));
    CHECK(strlen(buf) == (full < sizeof(buf) ? full : sizeof(buf) - 1));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct stunt_fault_engine engine;
    struct input in = { data, size };
    uint64_t seq = 0;

    stunt_fault_init(&engine, take(&in, 8));
    while (in.left) {
        for (unsigned i = take8(&in) % RULES; i-- > 0;) {
            arm_one(&in, &engine);
            change_one(&in, &engine);
        }
        for (unsigned i = take8(&in) % EVENTS; i-- > 0 && in.left;) {
            one_event(&in, &engine, ++seq);
        }
        for (size_t i = 0; i < engine.n_rules; i++) {
            check_rule(&engine.rule[i]);
        }
        check_status(&engine);
        stunt_fault_disarm(&engine, (take8(&in) & 3) ? "r1" : "*");
    }
    return 0;
}
