/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reads the text form of a rule (fault.h) and arms it. */
#include "fault.h"
#include "number.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define TEXT_MAX 1023u
#define NAMES_MAX 64u

/* Words that come once each; match.FIELD and param.NAME have a bit set of their own. */
enum word {
    W_ID, W_DEVICE, W_AT, W_ACTION, /* must be there */
    W_NTH, W_EVERY, W_TIMES, W_BETWEEN, W_AFTER, W_PROBABILITY,
    W_COUNT,
};

static const char *const word_name[W_COUNT] = {
    "id", "device", "at", "action", "nth", "every", "times", "between", "after", "probability",
};

struct pair {
    const char *key, *value;
};

struct reader {
    char text[TEXT_MAX + 1];    /* the rule, cut into words */
    const char *word[W_COUNT];  /* value of each word, NULL: not there */
    struct pair match[STUNT_FIELDS_MAX], param[STUNT_PARAMS_MAX];
    size_t n_match, n_param;
    const struct stunt_device_events *events; /* of the device, NULL: unknown */
    char *err;
    size_t err_len;
};

__attribute__((format(printf, 2, 3))) static bool fail(struct reader *reader, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    if (reader->err_len) {
        vsnprintf(reader->err, reader->err_len, format, args);
    }
    va_end(args);
    return false;
}

/* "unknown WHAT 'NAME'", with the near one of names[0..n) when there is one. */
static bool fail_unknown(struct reader *reader, const char *what, const char *name, const char *const *names,
                         size_t n)
{
    const char *near_name = stunt_nearest(name, names, n);

    if (!near_name) {
        return fail(reader, "unknown %s '%s'", what, name);
    }
    return fail(reader, "unknown %s '%s'; did you mean '%s'?", what, name, near_name);
}

static bool read_number(struct reader *reader, const char *key, const char *text, size_t len,
                        uint64_t *ret_value)
{
    switch (stunt_number_scan(text, len, ret_value)) {
    case STUNT_NUMBER_BAD:
        return fail(reader, "%s: '%.*s' is no number (decimal or 0x hexadecimal)", key, (int)len, text);
    case STUNT_NUMBER_RANGE:
        return fail(reader, "%s: %.*s is larger than 64 bits can hold", key, (int)len, text);
    case STUNT_NUMBER_OK:
        break;
    }
    return true;
}

/* ---- cutting the text into words ----------------------------------------------------------------- */

static bool add_pair(struct reader *reader, struct pair *pairs, size_t *n, size_t max, const char *key,
                     const char *value)
{
    for (size_t i = 0; i < *n; i++) {
        if (strcmp(pairs[i].key, key) == 0) {
            return fail(reader, "'%s' is there twice", key);
        }
    }
    if (*n == max) {
        return fail(reader, "too many words like '%s' (at most %zu)", key, max);
    }
    pairs[(*n)++] = (struct pair){ key, value };
    return true;
}

static bool add_word(struct reader *reader, char *word)
{
    char *equals = strchr(word, '=');
    const char *value = equals ? equals + 1 : "";

    if (!equals || equals == word || !*value) {
        return fail(reader, "'%s' is not of the form name=value", word);
    }
    *equals = '\0';
    if (strncmp(word, "match.", 6) == 0) {
        return add_pair(reader, reader->match, &reader->n_match, STUNT_FIELDS_MAX, word, value);
    }
    if (strncmp(word, "param.", 6) == 0) {
        return add_pair(reader, reader->param, &reader->n_param, STUNT_PARAMS_MAX, word, value);
    }
    for (int i = 0; i < W_COUNT; i++) {
        if (strcmp(word, word_name[i]) == 0) {
            if (reader->word[i]) {
                return fail(reader, "'%s' is there twice", word);
            }
            reader->word[i] = value;
            return true;
        }
    }
    return fail_unknown(reader, "word", word, word_name, W_COUNT);
}

static bool cut_words(struct reader *reader, const char *text)
{
    size_t len = strlen(text), i = 0, word_len;

    if (len > TEXT_MAX) {
        return fail(reader, "the rule is longer than %u bytes", TEXT_MAX);
    }
    for (i = 0; i < len; i++) {
        if ((text[i] < ' ' && text[i] != '\t') || text[i] > '~') {
            return fail(reader, "byte %zu of the rule is not printable ASCII", i + 1);
        }
        reader->text[i] = text[i] == ' ' || text[i] == '\t' ? '\0' : text[i];
    }
    reader->text[len] = '\0';
    for (i = 0; i < len; i += word_len + 1) {
        word_len = strlen(&reader->text[i]);
        if (word_len && !add_word(reader, &reader->text[i])) {
            return false;
        }
    }
    return true;
}

static bool has_all_words(struct reader *reader)
{
    for (int i = W_ID; i <= W_ACTION; i++) {
        if (!reader->word[i]) {
            return fail(reader, "'%s=' is missing", word_name[i]);
        }
    }
    return true;
}

/* ---- what the words mean ------------------------------------------------------------------------- */

static bool read_id(struct reader *reader, const struct stunt_fault_engine *engine, struct stunt_rule *rule)
{
    const char *id = reader->word[W_ID];
    static const char allowed[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-";

    if (strlen(id) >= STUNT_RULE_ID_MAX) {
        return fail(reader, "id: '%s' is longer than %d letters", id, STUNT_RULE_ID_MAX - 1);
    }
    if (strspn(id, allowed) != strlen(id)) {
        return fail(reader, "id: '%s' has a sign other than letters, digits, '_', '.' and '-'", id);
    }
    for (size_t i = 0; i < engine->n_rules; i++) {
        if (strcmp(engine->rule[i].id, id) == 0) {
            return fail(reader, "id: a rule '%s' is armed already", id);
        }
    }
    memcpy(rule->id, id, strlen(id) + 1);
    return true;
}

static bool read_device(struct reader *reader, struct stunt_rule *rule, stunt_device_lookup *lookup,
                        void *opaque)
{
    int index = lookup(reader->word[W_DEVICE], &reader->events, opaque);

    if (index < 0 || index > UINT16_MAX) {
        return fail(reader, "unknown device '%s'", reader->word[W_DEVICE]);
    }
    rule->device = (uint16_t)index;
    rule->type = reader->events ? (uint16_t)(reader->events - stunt_device_events + 1) : 0;
    return true;
}

static bool fail_class(struct reader *reader)
{
    const char *names[NAMES_MAX];
    size_t n = 0;

    for (; n < stunt_n_classes && n < NAMES_MAX; n++) {
        names[n] = stunt_classes[n].name;
    }
    return fail_unknown(reader, "event class", reader->word[W_AT], names, n);
}

static bool fail_action(struct reader *reader)
{
    const char *names[NAMES_MAX];
    size_t n = 0;

    for (; n < stunt_n_actions && n < NAMES_MAX; n++) {
        names[n] = stunt_actions[n].name;
    }
    return fail_unknown(reader, "action", reader->word[W_ACTION], names, n);
}

/* VALUE or VALUE/MASK. */
static bool read_match_value(struct reader *reader, const struct pair *pair, uint64_t *ret_value,
                             uint64_t *ret_mask)
{
    size_t len = strcspn(pair->value, "/");
    const char *mask = pair->value + len + 1;

    *ret_mask = UINT64_MAX;
    if (!read_number(reader, pair->key, pair->value, len, ret_value)) {
        return false;
    }
    if (pair->value[len] == '/' && !read_number(reader, pair->key, mask, strlen(mask), ret_mask)) {
        return false;
    }
    if (*ret_value & ~*ret_mask) {
        return fail(reader, "%s: the value has bits outside of its mask, it can never match", pair->key);
    }
    return true;
}

/* text: as it was written. */
static bool check_value(struct reader *reader, const struct stunt_class_info *class_info, unsigned field,
                        const char *key, const char *text, uint64_t value, uint64_t mask)
{
    char possible[120];

    if (!reader->events || stunt_values_may_match(reader->events, class_info->id, field, value, mask)) {
        return true;
    }
    stunt_values_text(reader->events, class_info->id, field, possible, sizeof(possible));
    return fail(reader, "%s: %s of %s at a %s device is %s, it can never be %s", key, class_info->field[field],
                class_info->name, reader->events->type, possible, text);
}

static bool read_matches(struct reader *reader, const struct stunt_class_info *class_info,
                         struct stunt_rule *rule)
{
    for (size_t i = 0; i < reader->n_match; i++) {
        const char *name = reader->match[i].key + strlen("match.");
        unsigned f = 0;

        while (f < class_info->n_fields && strcmp(class_info->field[f], name) != 0) {
            f++;
        }
        if (f == class_info->n_fields) {
            char what[64];

            snprintf(what, sizeof(what), "field of %s", class_info->name);
            return fail_unknown(reader, what, name, class_info->field, class_info->n_fields);
        }
        if (!read_match_value(reader, &reader->match[i], &rule->match_value[f], &rule->match_mask[f]) ||
            !check_value(reader, class_info, f, reader->match[i].key, reader->match[i].value, rule->match_value[f],
                         rule->match_mask[f])) {
            return false;
        }
        rule->match_used |= (uint8_t)(1u << f);
    }
    return true;
}

/* A parameter that is called like a field of the event is a value of that field. */
static bool check_param(struct reader *reader, const struct pair *pair, const char *name,
                        const struct stunt_rule *rule, uint64_t value)
{
    const struct stunt_class_info *class_info = stunt_class_by_id(rule->class_id);

    for (unsigned f = 0; f < class_info->n_fields; f++) {
        if (strcmp(class_info->field[f], name) == 0) {
            return check_value(reader, class_info, f, pair->key, pair->value, value, UINT64_MAX);
        }
    }
    return true;
}

static bool read_params(struct reader *reader, const struct stunt_action_info *action,
                        struct stunt_rule *rule)
{
    for (size_t i = 0; i < reader->n_param; i++) {
        const struct pair *pair = &reader->param[i];
        const char *name = pair->key + strlen("param.");
        unsigned p = 0;

        while (p < action->n_params && strcmp(action->param[p], name) != 0) {
            p++;
        }
        if (p == action->n_params) {
            char what[64];

            snprintf(what, sizeof(what), "parameter of %s", action->name);
            return fail_unknown(reader, what, name, action->param, action->n_params);
        }
        if (!read_number(reader, pair->key, pair->value, strlen(pair->value), &rule->param[p]) ||
            !check_param(reader, pair, name, rule, rule->param[p])) {
            return false;
        }
        if (rule->param[p] > action->max[p]) {
            return fail(reader, "%s: %s is more than %llu", pair->key, pair->value, (unsigned long long)action->max[p]);
        }
    }
    return true;
}

static bool read_class(struct reader *reader, struct stunt_rule *rule)
{
    const struct stunt_class_info *class_info = stunt_class_by_name(reader->word[W_AT]);

    if (!class_info) {
        return fail_class(reader);
    }
    if (reader->events && !((reader->events->classes >> class_info->id) & 1)) {
        return fail(reader, "at: a %s device has no events of class %s", reader->events->type, class_info->name);
    }
    rule->class_id = class_info->id;
    return true;
}

/* Also the default parameters. */
static bool read_action(struct reader *reader, struct stunt_rule *rule)
{
    const struct stunt_class_info *class_info = stunt_class_by_id(rule->class_id);
    const struct stunt_action_info *action = stunt_action_by_name(reader->word[W_ACTION]);

    if (!action) {
        return fail_action(reader);
    }
    if (class_info->id > 63 || !(action->classes & (UINT64_C(1) << class_info->id))) {
        return fail(reader, "action '%s' does not apply to %s", action->name, class_info->name);
    }
    rule->action = action->id;
    memcpy(rule->param, action->def, sizeof(rule->param));
    return true;
}

static bool read_details(struct reader *reader, struct stunt_rule *rule)
{
    return read_matches(reader, stunt_class_by_id(rule->class_id), rule) &&
           read_params(reader, stunt_action_by_id(rule->action), rule);
}

/* Leaves *value alone when the word is not there. */
static bool read_word_number(struct reader *reader, enum word word, uint64_t *value)
{
    const char *text = reader->word[word];

    return !text || read_number(reader, word_name[word], text, strlen(text), value);
}

static bool read_occurrence(struct reader *reader, struct stunt_rule *rule)
{
    /* "the third" means one, "each third" many; what lasts goes on from the third */
    bool one = reader->word[W_NTH] && !reader->word[W_EVERY] && !stunt_action_by_id(rule->action)->lasts;

    rule->nth = 1;
    rule->times = one ? 1 : 0;
    if (!read_word_number(reader, W_NTH, &rule->nth) || !read_word_number(reader, W_EVERY, &rule->every) ||
        !read_word_number(reader, W_TIMES, &rule->times)) {
        return false;
    }
    if (rule->nth == 0) {
        return fail(reader, "nth: counting starts at 1, match 0 never comes");
    }
    return true;
}

static bool read_between(struct reader *reader, struct stunt_rule *rule, uint64_t now_ns)
{
    const char *text = reader->word[W_BETWEEN];
    const char *dots = text ? strstr(text, "..") : NULL;

    rule->to_ns = UINT64_MAX;
    if (!text) {
        return true;
    }
    if (!dots) {
        return fail(reader, "between: '%s' is not of the form FROM..TO", text);
    }
    if (!read_number(reader, "between", text, (size_t)(dots - text), &rule->from_ns) ||
        !read_number(reader, "between", dots + 2, strlen(dots + 2), &rule->to_ns)) {
        return false;
    }
    if (rule->from_ns > rule->to_ns) {
        return fail(reader, "between: %s is empty, it ends before it begins", text);
    }
    if (rule->to_ns < now_ns) {
        return fail(reader, "between: %s is past already, it is %llu ns now", text,
                    (unsigned long long)now_ns);
    }
    return true;
}

static bool read_after(struct reader *reader, const struct stunt_fault_engine *engine,
                       struct stunt_rule *rule)
{
    const char *id = reader->word[W_AFTER];
    const char *names[STUNT_RULES_MAX];

    for (size_t i = 0; id && i < engine->n_rules; i++) {
        if (strcmp(engine->rule[i].id, id) == 0) {
            rule->after = engine->rule[i].number;
            return true;
        }
        names[i] = engine->rule[i].id;
    }
    return !id || fail_unknown(reader, "rule in after:", id, names, engine->n_rules);
}

static bool read_probability(struct reader *reader, struct stunt_rule *rule)
{
    const char *text = reader->word[W_PROBABILITY];

    rule->probability = STUNT_ALWAYS;
    if (!text) {
        return true;
    }
    switch (stunt_probability_scan(text, &rule->probability)) {
    case STUNT_NUMBER_BAD:
        return fail(reader, "probability: '%s' is neither a fraction like 0.25 nor a ratio like 1/4", text);
    case STUNT_NUMBER_RANGE:
        return fail(reader, "probability: %s is more than 1", text);
    case STUNT_NUMBER_OK:
        break;
    }
    return rule->probability != 0 || fail(reader, "probability: %s is too small to ever fire", text);
}

static bool arm_read_rule(struct reader *reader, struct stunt_fault_engine *engine, struct stunt_rule *rule,
                          uint64_t now_ns)
{
    if (engine->n_rules == STUNT_RULES_MAX) {
        return fail(reader, "%d rules are armed already, there is no room for more", STUNT_RULES_MAX);
    }
    if (engine->next_number == 0) {
        return fail(reader, "all rule numbers of this run are used up");
    }
    rule->number = engine->next_number++;
    rule->armed_ns = now_ns;
    engine->rule[engine->n_rules++] = *rule;
    engine->classes |= UINT64_C(1) << rule->class_id;
    return true;
}

bool stunt_fault_arm(struct stunt_fault_engine *engine, const char *text, uint64_t now_ns,
                     stunt_device_lookup *lookup, void *opaque, char *err, size_t err_len)
{
    struct reader reader = { .err = err, .err_len = err_len };
    struct stunt_rule rule = { 0 };

    return cut_words(&reader, text) && has_all_words(&reader) && read_id(&reader, engine, &rule) &&
           read_device(&reader, &rule, lookup, opaque) && read_class(&reader, &rule) &&
           read_action(&reader, &rule) && read_details(&reader, &rule) && read_occurrence(&reader, &rule) && read_between(&reader, &rule, now_ns) &&
           read_after(&reader, engine, &rule) && read_probability(&reader, &rule) &&
           arm_read_rule(&reader, engine, &rule, now_ns);
}

/* ---- changing a rule ----------------------------------------------------------------------------- */

static struct stunt_rule *rule_by_number(struct stunt_fault_engine *engine, uint16_t number)
{
    for (size_t i = 0; i < engine->n_rules; i++) {
        if (engine->rule[i].number == number) {
            return &engine->rule[i];
        }
    }
    return NULL;
}

static struct stunt_rule *find_changed(struct reader *reader, struct stunt_fault_engine *engine)
{
    const char *names[STUNT_RULES_MAX], *id = reader->word[W_ID];

    if (!id) {
        fail(reader, "'id=' is missing");
        return NULL;
    }
    for (size_t i = 0; i < engine->n_rules; i++) {
        if (strcmp(engine->rule[i].id, id) == 0) {
            return &engine->rule[i];
        }
        names[i] = engine->rule[i].id;
    }
    fail_unknown(reader, "rule", id, names, engine->n_rules);
    return NULL;
}

static bool keeps_identity(struct reader *reader)
{
    static const enum word fixed[] = { W_DEVICE, W_AT };

    for (size_t i = 0; i < sizeof(fixed) / sizeof(fixed[0]); i++) {
        if (reader->word[fixed[i]]) {
            return fail(reader, "'%s' of an armed rule cannot change: disarm it and arm another",
                        word_name[fixed[i]]);
        }
    }
    return true;
}

/* Two that wait for each other never fire. */
static bool waits_for_itself(struct stunt_fault_engine *engine, const struct stunt_rule *rule)
{
    uint16_t number = rule->after;

    for (size_t i = 0; number && i <= engine->n_rules; i++) {
        const struct stunt_rule *before = rule_by_number(engine, number);

        if (number == rule->number) {
            return true;
        }
        number = before ? before->after : 0;
    }
    return false;
}

static bool change_words(struct reader *reader, struct stunt_fault_engine *engine, struct stunt_rule *rule,
                         uint64_t now_ns)
{
    bool occurrence = reader->word[W_NTH] || reader->word[W_EVERY] || reader->word[W_TIMES];

    if (reader->n_match) {
        rule->match_used = 0;
    }
    if (occurrence) {
        rule->every = 0;
    }
    if (reader->word[W_BETWEEN]) {
        rule->from_ns = 0;
    }
    return (!reader->word[W_ACTION] || read_action(reader, rule)) && read_details(reader, rule) &&
           (!occurrence || read_occurrence(reader, rule)) &&
           (!reader->word[W_BETWEEN] || read_between(reader, rule, now_ns)) && read_after(reader, engine, rule) &&
           (!reader->word[W_PROBABILITY] || read_probability(reader, rule));
}

bool stunt_fault_change(struct stunt_fault_engine *engine, const char *text, uint64_t now_ns, char *err,
                        size_t err_len)
{
    struct reader reader = { .err = err, .err_len = err_len };
    struct stunt_rule *rule, changed;

    rule = cut_words(&reader, text) && keeps_identity(&reader) ? find_changed(&reader, engine) : NULL;
    if (!rule) {
        return false;
    }
    changed = *rule;
    reader.events = rule->type ? &stunt_device_events[rule->type - 1] : NULL;
    if (!change_words(&reader, engine, &changed, now_ns)) {
        return false;
    }
    if (waits_for_itself(engine, &changed)) {
        return fail(&reader, "after: rule '%s' would wait for itself", changed.id);
    }
    changed.matched = changed.fired = changed.first_ns = changed.first_seq = 0;
    changed.armed_ns = now_ns;
    *rule = changed;
    return true;
}
