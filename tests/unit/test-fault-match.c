/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What an armed rule does with a stream of events. */
#include "fault.h"
#include "stunt/events.h"

#include <glib.h>
#include <string.h>

#define DEVICE 2
#define IRQ "device=dma0 at=irq.raise "

struct fixture {
    struct stunt_fault_engine engine;
    uint64_t seq;
};

static int lookup(const char *name, const struct stunt_device_events **ret_events, void *opaque)
{
    return g_str_has_prefix(name, "dma") ? DEVICE + (name[3] - '0') : -1;
}

static void set_up(struct fixture *f, gconstpointer data)
{
    stunt_fault_init(&f->engine, 42);
    f->seq = 0;
}

static void tear_down(struct fixture *f, gconstpointer data)
{
}

static void arm(struct fixture *f, const char *text)
{
    char err[256] = "";

    if (!stunt_fault_arm(&f->engine, text, 0, lookup, NULL, err, sizeof(err))) {
        g_error("'%s' was refused: %s", text, err);
    }
}

/* One interrupt of a vector; the id of the rule that acts, or NULL. */
static const char *irq_at(struct fixture *f, uint64_t vector, uint64_t time_ns)
{
    uint64_t field[STUNT_FIELDS_MAX] = { vector, 2 };
    const struct stunt_rule *rule;

    rule = stunt_fault_match(&f->engine, DEVICE, STUNT_EV_IRQ_RAISE, field, time_ns, ++f->seq);
    return rule ? rule->id : NULL;
}

static const char *irq(struct fixture *f, uint64_t vector)
{
    return irq_at(f, vector, f->seq * 10);
}

/* n interrupts; a '1' for each that the rule acted on. */
static void check_pattern(struct fixture *f, const char *expected)
{
    g_autoptr(GString) got = g_string_new(NULL);

    for (size_t i = 0; i < strlen(expected); i++) {
        g_string_append_c(got, irq(f, 0) ? '1' : '0');
    }
    g_assert_cmpstr(got->str, ==, expected);
}

static void test_nothing_armed(struct fixture *f, gconstpointer data)
{
    check_pattern(f, "000");
}

static void test_plain_rule_fires_always(struct fixture *f, gconstpointer data)
{
    arm(f, "id=r " IRQ "action=drop");
    check_pattern(f, "1111");
}

static void test_nth_fires_once(struct fixture *f, gconstpointer data)
{
    arm(f, "id=r " IRQ "action=drop nth=3");
    check_pattern(f, "001000");
    g_assert_cmpuint(f->engine.rule[0].matched, ==, 6);
    g_assert_cmpuint(f->engine.rule[0].fired, ==, 1);
    g_assert_cmpuint(f->engine.rule[0].first_seq, ==, 3);
    g_assert_cmpuint(f->engine.rule[0].first_ns, ==, 20);
}

static void test_nth_without_limit(struct fixture *f, gconstpointer data)
{
    arm(f, "id=r " IRQ "action=drop nth=3 times=0");
    check_pattern(f, "00111");
}

static void test_nth_and_times(struct fixture *f, gconstpointer data)
{
    arm(f, "id=r " IRQ "action=drop nth=2 times=3");
    check_pattern(f, "0111000");
}

static void test_every(struct fixture *f, gconstpointer data)
{
    arm(f, "id=r " IRQ "action=drop every=3");
    check_pattern(f, "1001001");
}

static void test_nth_and_every_and_times(struct fixture *f, gconstpointer data)
{
    arm(f, "id=r " IRQ "action=drop nth=2 every=3 times=2");
    check_pattern(f, "0100100000");
}

static void test_between_has_both_ends(struct fixture *f, gconstpointer data)
{
    arm(f, "id=r " IRQ "action=drop between=100..200 nth=2 times=0");
    g_assert_null(irq_at(f, 0, 99));
    g_assert_null(irq_at(f, 0, 100)); /* the first that counts */
    g_assert_nonnull(irq_at(f, 0, 200));
    g_assert_null(irq_at(f, 0, 201));
    g_assert_cmpuint(f->engine.rule[0].matched, ==, 2);
}

static void test_after_another_rule(struct fixture *f, gconstpointer data)
{
    arm(f, "id=first " IRQ "match.vector=1 action=mark");
    arm(f, "id=second " IRQ "action=drop after=first");
    g_assert_null(irq(f, 0));
    g_assert_cmpstr(irq(f, 1), ==, "first"); /* not on the same event */
    g_assert_cmpstr(irq(f, 0), ==, "second");
    g_assert_cmpuint(f->engine.rule[1].matched, ==, 1);
}

static void test_disarmed_rule_frees_its_followers(struct fixture *f, gconstpointer data)
{
    arm(f, "id=first " IRQ "match.vector=1 action=mark");
    arm(f, "id=second " IRQ "action=drop after=first");
    irq(f, 1);
    g_assert_true(stunt_fault_disarm(&f->engine, "first"));
    g_assert_cmpstr(irq(f, 0), ==, "second");
}

static void test_follower_of_an_unfired_rule(struct fixture *f, gconstpointer data)
{
    arm(f, "id=first " IRQ "match.vector=1 action=mark");
    arm(f, "id=second " IRQ "action=drop after=first");
    g_assert_true(stunt_fault_disarm(&f->engine, "first"));
    g_assert_null(irq(f, 1));
    g_assert_cmpuint(f->engine.rule[0].matched, ==, 0);
}

static void test_match_value(struct fixture *f, gconstpointer data)
{
    arm(f, "id=r " IRQ "match.vector=5 action=drop");
    g_assert_null(irq(f, 4));
    g_assert_nonnull(irq(f, 5));
    g_assert_null(irq(f, 5 | UINT64_C(1) << 63));
}

static void test_match_mask(struct fixture *f, gconstpointer data)
{
    arm(f, "id=r " IRQ "match.vector=0x10/0xf0 action=drop");
    g_assert_nonnull(irq(f, 0x1f));
    g_assert_nonnull(irq(f, 0xabc10));
    g_assert_null(irq(f, 0x21));
    g_assert_null(irq(f, 0x31));
}

static void test_all_matches_must_agree(struct fixture *f, gconstpointer data)
{
    arm(f, "id=no " IRQ "match.vector=1 match.mode=3 action=drop");
    arm(f, "id=yes " IRQ "match.vector=1 match.mode=2 action=drop");
    g_assert_cmpstr(irq(f, 1), ==, "yes");
}

static void test_device_and_class_are_part_of_the_match(struct fixture *f, gconstpointer data)
{
    uint64_t field[STUNT_FIELDS_MAX] = { 0 };

    arm(f, "id=r device=dma1 at=irq.raise action=drop");
    g_assert_null(stunt_fault_match(&f->engine, DEVICE, STUNT_EV_IRQ_RAISE, field, 0, 1));
    g_assert_null(stunt_fault_match(&f->engine, DEVICE + 1, STUNT_EV_DMA_READ, field, 0, 2));
    g_assert_null(stunt_fault_match(&f->engine, DEVICE + 1, 64 + STUNT_EV_IRQ_RAISE, field, 0, 3));
    g_assert_null(stunt_fault_match(&f->engine, DEVICE + 1, UINT16_MAX, field, 0, 4));
    g_assert_nonnull(stunt_fault_match(&f->engine, DEVICE + 1, STUNT_EV_IRQ_RAISE, field, 0, 5));
    g_assert_cmpuint(f->engine.rule[0].matched, ==, 1);
}

static unsigned count_fired(uint64_t seed, const char *text, unsigned n, uint64_t *ret_bits)
{
    struct fixture f;
    unsigned fired = 0;

    stunt_fault_init(&f.engine, seed);
    f.seq = 0;
    arm(&f, text);
    *ret_bits = 0;
    for (unsigned i = 0; i < n; i++) {
        bool hit = irq(&f, 0) != NULL;

        fired += hit;
        *ret_bits = (*ret_bits << 1) | hit;
    }
    return fired;
}

static void test_probability(struct fixture *f, gconstpointer data)
{
    uint64_t bits, again, other;
    unsigned fired = count_fired(7, "id=r " IRQ "action=drop probability=0.25", 10000, &bits);

    g_assert_cmpuint(fired, >, 2300);
    g_assert_cmpuint(fired, <, 2700);
    g_assert_cmpuint(count_fired(7, "id=r " IRQ "action=drop probability=1/4", 10000, &again), ==, fired);
    g_assert_cmphex(bits, ==, again);
    count_fired(8, "id=r " IRQ "action=drop probability=1/4", 10000, &other);
    g_assert_cmphex(bits, !=, other);
}

static void test_probability_of_one_needs_no_luck(struct fixture *f, gconstpointer data)
{
    uint64_t seed = f->engine.seed;

    arm(f, "id=r " IRQ "action=drop probability=1");
    check_pattern(f, "111");
    g_assert_cmphex(f->engine.seed, ==, seed);
}

static void test_probability_waits_for_nth(struct fixture *f, gconstpointer data)
{
    uint64_t seed = f->engine.seed;

    arm(f, "id=r " IRQ "action=drop nth=3 probability=0.999999");
    check_pattern(f, "00");
    g_assert_cmphex(f->engine.seed, ==, seed);
    check_pattern(f, "100");
}

static void test_first_armed_breaks_all_count(struct fixture *f, gconstpointer data)
{
    arm(f, "id=one " IRQ "action=drop nth=2");
    arm(f, "id=two " IRQ "action=duplicate nth=2");
    g_assert_null(irq(f, 0));
    g_assert_cmpstr(irq(f, 0), ==, "one");
    g_assert_cmpuint(f->engine.rule[1].matched, ==, 2);
    g_assert_cmpuint(f->engine.rule[1].fired, ==, 0);
    g_assert_cmpstr(irq(f, 0), ==, "two"); /* it lost its turn, so it takes the next */
    g_assert_null(irq(f, 0));
}

static void test_watchers_let_others_have_their_turn(struct fixture *f, gconstpointer data)
{
    arm(f, "id=see " IRQ "action=verify");
    arm(f, "id=break " IRQ "action=drop nth=2");
    arm(f, "id=note " IRQ "action=mark");
    g_assert_cmpstr(irq(f, 0), ==, "see");
    g_assert_cmpstr(irq(f, 0), ==, "break");
    g_assert_cmpstr(irq(f, 0), ==, "see");
    g_assert_cmpuint(f->engine.rule[0].fired, ==, 3);
    g_assert_cmpuint(f->engine.rule[1].fired, ==, 1);
    g_assert_cmpuint(f->engine.rule[2].fired, ==, 3);
}

static void test_forbid_and_pause_act(struct fixture *f, gconstpointer data)
{
    arm(f, "id=see " IRQ "action=mark");
    arm(f, "id=never " IRQ "action=forbid match.vector=9");
    arm(f, "id=wait " IRQ "action=pause match.vector=8");
    g_assert_cmpstr(irq(f, 9), ==, "never");
    g_assert_cmpstr(irq(f, 8), ==, "wait");
}

static void test_disarm(struct fixture *f, gconstpointer data)
{
    arm(f, "id=one " IRQ "action=drop match.vector=1");
    arm(f, "id=two " IRQ "action=drop match.vector=2");
    arm(f, "id=three device=dma0 at=reset action=mark");
    g_assert_false(stunt_fault_disarm(&f->engine, "four"));
    g_assert_true(stunt_fault_disarm(&f->engine, "one"));
    g_assert_false(stunt_fault_disarm(&f->engine, "one"));
    g_assert_null(irq(f, 1));
    g_assert_cmpstr(irq(f, 2), ==, "two");
    g_assert_cmphex(f->engine.classes, ==, 1ull << STUNT_EV_IRQ_RAISE | 1ull << STUNT_EV_RESET);
    g_assert_true(stunt_fault_disarm(&f->engine, "*"));
    g_assert_false(stunt_fault_disarm(&f->engine, "*"));
    g_assert_cmphex(f->engine.classes, ==, 0);
    g_assert_null(irq(f, 2));
}

static void test_state_is_plain_data(struct fixture *f, gconstpointer data)
{
    struct stunt_fault_engine copy;

    arm(f, "id=r " IRQ "action=drop nth=2 times=2 probability=1/2");
    irq(f, 0);
    copy = f->engine;
    for (unsigned i = 0; i < 20; i++) {
        irq(f, 0);
    }
    g_assert_cmpuint(f->engine.rule[0].fired, ==, 2);
    f->engine = copy;
    f->seq = 1;
    g_assert_cmpuint(f->engine.rule[0].matched, ==, 1);
    for (unsigned i = 0; i < 20; i++) {
        irq(f, 0);
    }
    g_assert_cmpuint(f->engine.rule[0].fired, ==, 2);
}

static void test_status(struct fixture *f, gconstpointer data)
{
    static const char expected[] = "id=one number=1 armed=1 matched=3 fired=1 first_ns=10 first_seq=2\n"
                                   "id=two number=2 armed=1 matched=0 fired=0 first_ns=0 first_seq=0\n";
    char buf[512], cut[20];

    g_assert_cmpuint(stunt_fault_status(&f->engine, buf, sizeof(buf)), ==, 0);
    g_assert_cmpstr(buf, ==, "");
    arm(f, "id=one " IRQ "action=drop nth=2");
    arm(f, "id=two device=dma0 at=reset action=mark");
    check_pattern(f, "010");
    g_assert_cmpuint(stunt_fault_status(&f->engine, buf, sizeof(buf)), ==, strlen(expected));
    g_assert_cmpstr(buf, ==, expected);
    memset(cut, 'z', sizeof(cut));
    g_assert_cmpuint(stunt_fault_status(&f->engine, cut, 15), ==, strlen(expected));
    g_assert_cmpstr(cut, ==, "id=one number=");
    g_assert_cmpint(cut[15], ==, 'z');
    g_assert_cmpuint(stunt_fault_status(&f->engine, NULL, 0), ==, strlen(expected));
}

int main(int argc, char **argv)
{
    static const struct {
        const char *name;
        void (*func)(struct fixture *f, gconstpointer data);
    } test[] = {
        { "/match/nothing-armed-nothing-fires", test_nothing_armed },
        { "/match/plain-rule-fires-each-time", test_plain_rule_fires_always },
        { "/match/nth-fires-once", test_nth_fires_once },
        { "/match/nth-with-times-0-fires-from-there-on", test_nth_without_limit },
        { "/match/nth-and-times", test_nth_and_times },
        { "/match/every-starts-with-the-first", test_every },
        { "/match/nth-every-times", test_nth_and_every_and_times },
        { "/match/between-includes-both-ends-and-nth-counts-inside", test_between_has_both_ends },
        { "/match/after-waits-for-another-rule", test_after_another_rule },
        { "/match/disarming-a-fired-rule-frees-its-followers", test_disarmed_rule_frees_its_followers },
        { "/match/disarming-an-unfired-rule-strands-its-followers", test_follower_of_an_unfired_rule },
        { "/match/field-value-has-64-bits", test_match_value },
        { "/match/field-mask", test_match_mask },
        { "/match/all-fields-must-agree", test_all_matches_must_agree },
        { "/match/device-and-class-must-agree", test_device_and_class_are_part_of_the_match },
        { "/match/probability-follows-the-seed", test_probability },
        { "/match/probability-1-uses-no-randomness", test_probability_of_one_needs_no_luck },
        { "/match/probability-is-asked-last", test_probability_waits_for_nth },
        { "/match/first-armed-breaks-and-all-count", test_first_armed_breaks_all_count },
        { "/match/verify-and-mark-let-others-have-their-turn", test_watchers_let_others_have_their_turn },
        { "/match/forbid-and-pause-come-before-mark", test_forbid_and_pause_act },
        { "/match/disarm-by-id-and-all", test_disarm },
        { "/match/state-is-plain-data", test_state_is_plain_data },
        { "/match/status-text", test_status },
    };

    g_test_init(&argc, &argv, NULL);
    for (unsigned i = 0; i < G_N_ELEMENTS(test); i++) {
        g_test_add(test[i].name, struct fixture, NULL, set_up, test[i].func, tear_down);
    }
    return g_test_run();
}
