/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The text form of a rule: what is taken, and how each error is told. */
#include "fault.h"
#include "number.h"
#include "stunt/events.h"

#include <glib.h>
#include <string.h>

#define BASE "id=r device=dma0 at=irq.raise action=drop"

static int lookup(const char *name, const struct stunt_device_events **ret_events, void *opaque)
{
    (*(unsigned *)opaque)++;
    if (strcmp(name, "huge0") == 0) {
        return 70000;
    }
    if (strcmp(name, "real0") == 0) {
        *ret_events = stunt_events_by_type("dma");
        return 4;
    }
    return strcmp(name, "dma0") == 0 ? 3 : -1;
}

static bool arm(struct stunt_fault_engine *engine, const char *text, char *err, size_t err_len)
{
    unsigned asked = 0;

    return stunt_fault_arm(engine, text, 1000, lookup, &asked, err, err_len);
}

/* Arms one rule into a fresh engine. */
static struct stunt_rule take(const char *text)
{
    struct stunt_fault_engine engine;
    char err[256] = "";

    stunt_fault_init(&engine, 1);
    if (!arm(&engine, text, err, sizeof(err))) {
        g_error("'%s' was refused: %s", text, err);
    }
    g_assert_cmpuint(engine.n_rules, ==, 1);
    return engine.rule[0];
}

/* The rule is refused with exactly this message, and the engine is unchanged. */
static void refuse(const char *text, const char *message)
{
    struct stunt_fault_engine engine, before;
    char err[256] = "";

    stunt_fault_init(&engine, 1);
    g_assert_true(arm(&engine, "id=first device=dma0 at=dma.read action=error", err, sizeof(err)));
    before = engine;
    g_assert_false(arm(&engine, text, err, sizeof(err)));
    if (message) {
        g_assert_cmpstr(err, ==, message);
    } else {
        g_assert_nonnull(strstr(err, "it can never be"));
    }
    g_assert_cmpmem(&engine, sizeof(engine), &before, sizeof(before));
}

static void test_smallest_rule(void)
{
    struct stunt_rule rule = take(BASE);

    g_assert_cmpstr(rule.id, ==, "r");
    g_assert_cmpuint(rule.number, ==, 1);
    g_assert_cmpuint(rule.device, ==, 3);
    g_assert_cmpuint(rule.class_id, ==, STUNT_EV_IRQ_RAISE);
    g_assert_cmpuint(rule.action, ==, STUNT_ACT_DROP);
    g_assert_cmpuint(rule.match_used, ==, 0);
    g_assert_cmpuint(rule.nth, ==, 1);
    g_assert_cmpuint(rule.every, ==, 0);
    g_assert_cmpuint(rule.times, ==, 0);
    g_assert_cmpuint(rule.from_ns, ==, 0);
    g_assert_cmpuint(rule.to_ns, ==, UINT64_MAX);
    g_assert_cmphex(rule.probability, ==, STUNT_ALWAYS);
    g_assert_cmpuint(rule.after, ==, 0);
    g_assert_cmpuint(rule.armed_ns, ==, 1000);
}

static void test_whole_rule(void)
{
    struct stunt_rule rule = take("  param.ns=0x10 between=5..99999\tprobability=0.5 times=7 every=2 nth=3 "
                                  "action=delay match.mode=2/3 match.vector=1 at=irq.raise device=dma0 "
                                  "id=A-b_c.9 ");

    g_assert_cmpstr(rule.id, ==, "A-b_c.9");
    g_assert_cmpuint(rule.action, ==, STUNT_ACT_DELAY);
    g_assert_cmpuint(rule.param[0], ==, 16);
    g_assert_cmpuint(rule.match_used, ==, 3);
    g_assert_cmpuint(rule.match_value[STUNT_EV_IRQ_RAISE_VECTOR], ==, 1);
    g_assert_cmphex(rule.match_mask[STUNT_EV_IRQ_RAISE_VECTOR], ==, UINT64_MAX);
    g_assert_cmpuint(rule.match_value[STUNT_EV_IRQ_RAISE_MODE], ==, 2);
    g_assert_cmphex(rule.match_mask[STUNT_EV_IRQ_RAISE_MODE], ==, 3);
    g_assert_cmpuint(rule.nth, ==, 3);
    g_assert_cmpuint(rule.every, ==, 2);
    g_assert_cmpuint(rule.times, ==, 7);
    g_assert_cmpuint(rule.from_ns, ==, 5);
    g_assert_cmpuint(rule.to_ns, ==, 99999);
    g_assert_cmphex(rule.probability, ==, STUNT_ALWAYS / 2);
}

static void test_named_occurrence_means_one(void)
{
    g_assert_cmpuint(take(BASE " nth=3").times, ==, 1);
    g_assert_cmpuint(take(BASE " nth=3 every=2").times, ==, 0);
    g_assert_cmpuint(take(BASE " every=2").times, ==, 0);
    g_assert_cmpuint(take(BASE " nth=3 times=0").times, ==, 0);
    g_assert_cmpuint(take(BASE " nth=3 times=5").times, ==, 5);
    g_assert_cmpuint(take("id=a device=dma0 at=mmio.read action=stick nth=3").times, ==, 0); /* lasts */
    g_assert_cmpuint(take("id=a device=dma0 at=mmio.read action=stick nth=3 times=2").times, ==, 2);
}

static void test_parameters_have_defaults(void)
{
    struct stunt_rule rule = take("id=r device=dma0 at=irq.raise action=storm param.ns=5");

    g_assert_cmpuint(rule.param[0], ==, 1000);
    g_assert_cmpuint(rule.param[1], ==, 5);
    g_assert_cmpuint(take("id=r device=dma0 at=dma.read action=corrupt").param[1], ==, 0x80);
}

static void test_after_names_an_armed_rule(void)
{
    struct stunt_fault_engine engine;
    char err[256];

    stunt_fault_init(&engine, 1);
    g_assert_true(arm(&engine, "id=first device=dma0 at=reset action=mark", err, sizeof(err)));
    g_assert_true(arm(&engine, BASE " after=first", err, sizeof(err)));
    g_assert_cmpuint(engine.rule[1].after, ==, engine.rule[0].number);
}

static void test_any_action_applies_everywhere(void)
{
    for (size_t i = 0; i < stunt_n_classes; i++) {
        g_autofree char *text = g_strdup_printf("id=r device=dma0 at=%s action=verify",
                                                stunt_classes[i].name);

        g_assert_cmpuint(take(text).class_id, ==, stunt_classes[i].id);
    }
}

static void test_each_action_knows_its_classes(void)
{
    for (size_t c = 0; c < stunt_n_classes; c++) {
        for (size_t a = 0; a < stunt_n_actions; a++) {
            g_autofree char *text = g_strdup_printf("id=r device=dma0 at=%s action=%s", stunt_classes[c].name,
                                                    stunt_actions[a].name);
            g_autofree char *message = g_strdup_printf("action '%s' does not apply to %s",
                                                       stunt_actions[a].name, stunt_classes[c].name);

            if (stunt_actions[a].classes & (UINT64_C(1) << stunt_classes[c].id)) {
                g_assert_cmpuint(take(text).action, ==, stunt_actions[a].id);
            } else {
                refuse(text, message);
            }
        }
    }
}

static void test_form_errors(void)
{
    refuse("", "'id=' is missing");
    refuse("   \t ", "'id=' is missing");
    refuse("id=r at=irq.raise action=drop", "'device=' is missing");
    refuse("id=r device=dma0 action=drop", "'at=' is missing");
    refuse("id=r device=dma0 at=irq.raise", "'action=' is missing");
    refuse(BASE " nth", "'nth' is not of the form name=value");
    refuse(BASE " nth=", "'nth=' is not of the form name=value");
    refuse(BASE " =3", "'=3' is not of the form name=value");
    refuse(BASE " nth=1 nth=2", "'nth' is there twice");
    refuse(BASE " match.vector=1 match.vector=2", "'match.vector' is there twice");
    refuse("id=r device=dma0 at=irq.raise action=delay param.ns=1 param.ns=2", "'param.ns' is there twice");
    refuse(BASE " colour=red", "unknown word 'colour'");
    refuse(BASE " tims=2", "unknown word 'tims'; did you mean 'times'?");
    refuse(BASE " match.a=1 match.b=1 match.c=1 match.d=1 match.e=1 match.f=1",
           "too many words like 'match.f' (at most 5)");
    refuse(BASE "\nnth=1", "byte 42 of the rule is not printable ASCII");
    refuse(BASE " nth=\xc3\xa4", "byte 47 of the rule is not printable ASCII");
}

static void test_too_long(void)
{
    g_autofree char *blanks = g_strnfill(1024 - strlen(BASE), ' ');
    g_autofree char *text = g_strconcat(BASE, blanks, NULL);

    refuse(text, "the rule is longer than 1023 bytes");
    text[1023] = '\0';
    take(text);
}

static void test_id_errors(void)
{
    refuse("id=first device=dma0 at=irq.raise action=drop", "id: a rule 'first' is armed already");
    refuse("id=* device=dma0 at=irq.raise action=drop",
           "id: '*' has a sign other than letters, digits, '_', '.' and '-'");
    refuse("id=a2345678901234567890123456789012 device=dma0 at=irq.raise action=drop",
           "id: 'a2345678901234567890123456789012' is longer than 31 letters");
    take("id=a234567890123456789012345678901 device=dma0 at=irq.raise action=drop");
}

static void test_name_errors(void)
{
    refuse("id=r device=dma7 at=irq.raise action=drop", "unknown device 'dma7'");
    refuse("id=r device=huge0 at=irq.raise action=drop", "unknown device 'huge0'");
    refuse("id=r device=dma0 at=irq.rase action=drop",
           "unknown event class 'irq.rase'; did you mean 'irq.raise'?");
    refuse("id=r device=dma0 at=sunset action=drop", "unknown event class 'sunset'");
    refuse("id=r device=dma0 at=irq.raise action=drp", "unknown action 'drp'; did you mean 'drop'?");
    refuse("id=r device=dma0 at=irq.raise action=explode", "unknown action 'explode'");
    refuse(BASE " match.vectr=1", "unknown field of irq.raise 'vectr'; did you mean 'vector'?");
    refuse(BASE " match.colour=1", "unknown field of irq.raise 'colour'");
    refuse(BASE " match.=1", "unknown field of irq.raise ''");
    refuse(BASE " param.ns=1", "unknown parameter of drop 'ns'");
    refuse("id=r device=dma0 at=irq.raise action=storm param.cuont=1",
           "unknown parameter of storm 'cuont'; did you mean 'count'?");
    refuse(BASE " after=frist", "unknown rule in after: 'frist'; did you mean 'first'?");
    refuse(BASE " after=r", "unknown rule in after: 'r'");
}

static void test_number_errors(void)
{
    static const char *const key[] = { "nth", "every", "times", "match.vector" };

    for (unsigned i = 0; i < G_N_ELEMENTS(key); i++) {
        g_autofree char *bad = g_strdup_printf(BASE " %s=-1", key[i]);
        g_autofree char *bad_message = g_strdup_printf("%s: '-1' is no number (decimal or 0x hexadecimal)",
                                                       key[i]);
        g_autofree char *big = g_strdup_printf(BASE " %s=18446744073709551616", key[i]);
        g_autofree char *big_message = g_strdup_printf("%s: 18446744073709551616 is larger than 64 bits "
                                                       "can hold", key[i]);

        refuse(bad, bad_message);
        refuse(big, big_message);
    }
    refuse("id=r device=dma0 at=irq.raise action=delay param.ns=1ms",
           "param.ns: '1ms' is no number (decimal or 0x hexadecimal)");
    refuse("id=r device=dma0 at=job.start action=aer param.severity=3", "param.severity: 3 is more than 2");
    refuse("id=r device=dma0 at=job.start action=aer param.bit=0x21", "param.bit: 0x21 is more than 32");
    refuse(BASE " match.vector=1/", "match.vector: '' is no number (decimal or 0x hexadecimal)");
    refuse(BASE " match.vector=1/2/3", "match.vector: '2/3' is no number (decimal or 0x hexadecimal)");
}

static void test_rules_that_never_fire(void)
{
    refuse(BASE " nth=0", "nth: counting starts at 1, match 0 never comes");
    refuse(BASE " match.vector=4/3",
           "match.vector: the value has bits outside of its mask, it can never match");
    refuse(BASE " between=2000..1999", "between: 2000..1999 is empty, it ends before it begins");
    refuse(BASE " between=0..999", "between: 0..999 is past already, it is 1000 ns now");
    refuse(BASE " probability=0", "probability: 0 is too small to ever fire");
    refuse(BASE " probability=0.0000000001",
           "probability: '0.0000000001' is neither a fraction like 0.25 nor a ratio like 1/4");
    take(BASE " between=1000..1000");
}

static void test_between_and_probability_forms(void)
{
    refuse(BASE " between=5", "between: '5' is not of the form FROM..TO");
    refuse(BASE " between=5..", "between: '' is no number (decimal or 0x hexadecimal)");
    refuse(BASE " between=..5", "between: '' is no number (decimal or 0x hexadecimal)");
    refuse(BASE " between=a..5", "between: 'a' is no number (decimal or 0x hexadecimal)");
    refuse(BASE " between=1...5", "between: '.5' is no number (decimal or 0x hexadecimal)");
    refuse(BASE " probability=often",
           "probability: 'often' is neither a fraction like 0.25 nor a ratio like 1/4");
    refuse(BASE " probability=1.5", "probability: 1.5 is more than 1");
}

#define REAL "id=r device=real0 action=mark at="

/* A device's description says what its events can be. */
static void test_what_a_device_never_has(void)
{
    refuse(REAL "link.ask", "at: a dma device has no events of class link.ask");
    refuse(REAL "irq.raise match.vector=9",
           "match.vector: vector of irq.raise at a dma device is 0 to 5, it can never be 9");
    refuse(REAL "dma.read match.channel=4",
           "match.channel: channel of dma.read at a dma device is 0 to 3, it can never be 4");
    refuse(REAL "dma.read match.channel=8/0x8",
           "match.channel: channel of dma.read at a dma device is 0 to 3, it can never be 8/0x8");
    refuse(REAL "mmio.read match.size=3",
           "match.size: size of mmio.read at a dma device is 1 to 2, 4, 8, it can never be 3");
    refuse(REAL "job.start match.op=200", "match.op: op of job.start at a dma device is 0 to 5, it can never be 200");
    refuse(REAL "reset match.kind=99", NULL);
    refuse(REAL "mmio.read match.offset=0x102", NULL);
    refuse(REAL "mmio.write match.offset=0x4000", NULL);
    refuse("id=r device=real0 at=irq.raise action=wrong-vector param.vector=6",
           "param.vector: vector of irq.raise at a dma device is 0 to 5, it can never be 6");
    take(REAL "dma.read match.channel=2/0x2 match.addr=0xffffffffffffffff");
    take(REAL "mmio.read match.offset=0x100/0xfff");
    take(REAL "mmio.read match.offset=0x100 match.value=5");
    take(REAL "job.done match.status=0/0xff");
    g_assert_cmpuint(take(REAL "irq.raise match.vector=4").type, !=, 0);
}

/* All values and masks of a few bits, against trying them. */
static void test_values_under_a_mask(void)
{
    for (uint64_t first = 0; first < 16; first++) {
        for (uint64_t last = first; last < 16; last += 3) {
            const struct stunt_values row = { .class_id = 1, .field = 0, .step = 1, .first = first, .last = last };
            const struct stunt_device_events events = { .type = "t", .values = &row, .n_values = 1 };

            for (unsigned both = 0; both < 256 * 4; both++) {
                uint64_t mask = both & 31, value = (both >> 5) & mask;
                bool expected = false;

                for (uint64_t at = first; at <= last; at++) {
                    expected |= (at & mask) == value;
                }
                g_assert_true(stunt_values_may_match(&events, 1, 0, value, mask) == expected);
            }
            g_assert_true(stunt_values_may_match(&events, 1, 1, 99, UINT64_MAX));
        }
    }
}

/* ---- changing ------------------------------------------------------------------------------------ */

static struct stunt_fault_engine with_two(void)
{
    struct stunt_fault_engine engine;
    char err[256];

    stunt_fault_init(&engine, 1);
    g_assert_true(arm(&engine, "id=a device=real0 at=dma.write match.channel=1 nth=2 action=corrupt param.offset=3", err,
                      sizeof(err)));
    g_assert_true(arm(&engine, "id=b device=real0 at=dma.read after=a action=error", err, sizeof(err)));
    engine.rule[0].fired = engine.rule[0].matched = 5;
    engine.rule[0].first_ns = engine.rule[0].first_seq = 7;
    return engine;
}

static struct stunt_rule change(const char *text)
{
    struct stunt_fault_engine engine = with_two();
    char err[256] = "";

    if (!stunt_fault_change(&engine, text, 2000, err, sizeof(err))) {
        g_error("'%s' was refused: %s", text, err);
    }
    g_assert_cmpuint(engine.n_rules, ==, 2);
    g_assert_cmpuint(engine.rule[1].number, ==, 2);
    return engine.rule[0];
}

static void refuse_change(const char *text, const char *message)
{
    struct stunt_fault_engine engine = with_two(), before = engine;
    char err[256] = "";

    g_assert_false(stunt_fault_change(&engine, text, 2000, err, sizeof(err)));
    g_assert_cmpstr(err, ==, message);
    g_assert_cmpmem(&engine, sizeof(engine), &before, sizeof(before));
}

static void test_a_change_keeps_what_it_does_not_say(void)
{
    struct stunt_rule rule = change("id=a nth=5");

    g_assert_cmpuint(rule.number, ==, 1);
    g_assert_cmpuint(rule.nth, ==, 5);
    g_assert_cmpuint(rule.times, ==, 1);
    g_assert_cmpuint(rule.match_used, ==, 4);
    g_assert_cmpuint(rule.param[0], ==, 3);
    g_assert_cmpuint(rule.matched | rule.fired | rule.first_ns | rule.first_seq, ==, 0);
    g_assert_cmpuint(rule.armed_ns, ==, 2000);

    rule = change("id=a param.xor=1");
    g_assert_cmpuint(rule.param[0], ==, 3);
    g_assert_cmpuint(rule.param[1], ==, 1);
    g_assert_cmpuint(rule.nth, ==, 2);

    rule = change("id=a match.addr=16 every=4");
    g_assert_cmpuint(rule.match_used, ==, 1);
    g_assert_cmpuint(rule.nth, ==, 1);
    g_assert_cmpuint(rule.every, ==, 4);
    g_assert_cmpuint(rule.times, ==, 0);

    rule = change("id=a action=truncate");
    g_assert_cmpuint(rule.action, ==, STUNT_ACT_TRUNCATE);
    g_assert_cmpuint(rule.param[0], ==, 0);
    rule = change("id=a between=3000..4000 probability=1/2");
    g_assert_cmpuint(rule.from_ns, ==, 3000);
    g_assert_cmpuint(rule.to_ns, ==, 4000);
    g_assert_cmpuint(rule.probability, <, STUNT_ALWAYS);
}

static void test_refused_changes(void)
{
    refuse_change("nth=5", "'id=' is missing");
    refuse_change("id=aa nth=5", "unknown rule 'aa'; did you mean 'a'?");
    refuse_change("id=a at=dma.read", "'at' of an armed rule cannot change: disarm it and arm another");
    refuse_change("id=a device=dma0", "'device' of an armed rule cannot change: disarm it and arm another");
    refuse_change("id=a action=hang", "action 'hang' does not apply to dma.write");
    refuse_change("id=a param.len=1", "unknown parameter of corrupt 'len'");
    refuse_change("id=a match.channel=7", "match.channel: channel of dma.write at a dma device is 0 to 3, it can never be 7");
    refuse_change("id=a nth=0", "nth: counting starts at 1, match 0 never comes");
    refuse_change("id=a between=1..5", "between: 1..5 is past already, it is 2000 ns now");
    refuse_change("id=a after=a", "after: rule 'a' would wait for itself");
    refuse_change("id=a after=b", "after: rule 'a' would wait for itself");
}

static void test_capacity(void)
{
    struct stunt_fault_engine engine;
    char err[256] = "", text[128];

    stunt_fault_init(&engine, 1);
    for (unsigned i = 0; i < STUNT_RULES_MAX; i++) {
        g_snprintf(text, sizeof(text), "id=r%u device=dma0 at=irq.raise action=drop", i);
        g_assert_true(arm(&engine, text, err, sizeof(err)));
        g_assert_cmpuint(engine.rule[i].number, ==, i + 1);
    }
    g_assert_false(arm(&engine, BASE, err, sizeof(err)));
    g_assert_cmpstr(err, ==, "32 rules are armed already, there is no room for more");
}

static void test_numbers_are_never_reused(void)
{
    struct stunt_fault_engine engine;
    char err[256] = "";

    stunt_fault_init(&engine, 1);
    for (unsigned i = 1; i <= UINT16_MAX; i++) {
        g_assert_true(arm(&engine, BASE, err, sizeof(err)));
        g_assert_cmpuint(engine.rule[0].number, ==, i);
        g_assert_true(stunt_fault_disarm(&engine, "r"));
    }
    g_assert_false(arm(&engine, BASE, err, sizeof(err)));
    g_assert_cmpstr(err, ==, "all rule numbers of this run are used up");
}

static void test_message_is_cut_to_the_buffer(void)
{
    struct stunt_fault_engine engine;
    char err[8] = "zzzzzzz";

    stunt_fault_init(&engine, 1);
    g_assert_false(arm(&engine, "", err, 5));
    g_assert_cmpstr(err, ==, "'id=");
    g_assert_cmpint(err[5], ==, 'z');
    g_assert_false(arm(&engine, "", NULL, 0));
}

static void test_tables_by_name_and_id(void)
{
    for (size_t i = 0; i < stunt_n_classes; i++) {
        g_assert_true(stunt_class_by_name(stunt_classes[i].name) == &stunt_classes[i]);
        g_assert_true(stunt_class_by_id(stunt_classes[i].id) == &stunt_classes[i]);
    }
    for (size_t i = 0; i < stunt_n_actions; i++) {
        g_assert_true(stunt_action_by_name(stunt_actions[i].name) == &stunt_actions[i]);
        g_assert_true(stunt_action_by_id(stunt_actions[i].id) == &stunt_actions[i]);
    }
    g_assert_null(stunt_class_by_name("nothing"));
    g_assert_null(stunt_class_by_id(999));
    g_assert_null(stunt_action_by_name("nothing"));
    g_assert_null(stunt_action_by_id(999));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/fault-rule/what-a-device-never-has", test_what_a_device_never_has);
    g_test_add_func("/fault-rule/values-under-a-mask", test_values_under_a_mask);
    g_test_add_func("/fault-rule/change-keeps-the-rest", test_a_change_keeps_what_it_does_not_say);
    g_test_add_func("/fault-rule/refused-changes", test_refused_changes);
    g_test_add_func("/rule/taken/smallest-has-defaults", test_smallest_rule);
    g_test_add_func("/rule/taken/all-words-in-any-order", test_whole_rule);
    g_test_add_func("/rule/taken/a-named-occurrence-means-one", test_named_occurrence_means_one);
    g_test_add_func("/rule/taken/parameters-have-defaults", test_parameters_have_defaults);
    g_test_add_func("/rule/taken/after-names-an-armed-rule", test_after_names_an_armed_rule);
    g_test_add_func("/rule/taken/verify-applies-to-every-class", test_any_action_applies_everywhere);
    g_test_add_func("/rule/each-action-knows-its-classes", test_each_action_knows_its_classes);
    g_test_add_func("/rule/refused/form", test_form_errors);
    g_test_add_func("/rule/refused/too-long", test_too_long);
    g_test_add_func("/rule/refused/id", test_id_errors);
    g_test_add_func("/rule/refused/unknown-names-with-the-near-one", test_name_errors);
    g_test_add_func("/rule/refused/numbers", test_number_errors);
    g_test_add_func("/rule/refused/would-never-fire", test_rules_that_never_fire);
    g_test_add_func("/rule/refused/between-and-probability", test_between_and_probability_forms);
    g_test_add_func("/rule/refused/no-room", test_capacity);
    g_test_add_func("/rule/numbers-are-never-reused", test_numbers_are_never_reused);
    g_test_add_func("/rule/message-is-cut-to-the-buffer", test_message_is_cut_to_the_buffer);
    g_test_add_func("/tables/by-name-and-by-id", test_tables_by_name_and_id);
    return g_test_run();
}
