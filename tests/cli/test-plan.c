/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a plan may say, how its mistakes are told, and the rules that come of it. */
#include "common.h"
#include "lib/plan/plan.h"

static StuntSpec *spec;

static StuntPlan *parse(const char *text)
{
    g_autoptr(GError) error = NULL;
    StuntPlan *plan = stunt_plan_parse("p.toml", text, &error);

    g_assert_no_error(error);
    return plan;
}

/* The text of the last rule of a plan, for a toy, armed at 1000 ns; NULL: refused. */
static char *rule_text(const StuntPlan *plan, GError **error)
{
    return stunt_plan_rule_text(plan, plan->rule->pdata[plan->rule->len - 1], stunt_spec_device(spec, "toy"), 1000,
                                error);
}

static void whole_rules(void)
{
    static const struct {
        const char *keys, *text;
    } rows[] = {
        { "at = 'irq.raise'\naction = 'drop'", "at=irq.raise action=drop" },
        { "at = 'irq.raise'\naction = 'drop'\nmatch = { vector = 'ERROR' }\nnth = 3", "at=irq.raise match.vector=1 nth=3 action=drop" },
        { "at = 'mmio.read'\naction = 'ones'\nmatch.offset = 'LANE[2]'\nmatch.value = { value = 0x10, mask = 0xf0 }",
          "at=mmio.read match.offset=384 match.value=16/0xf0 action=ones" },
        { "at = 'job.done'\naction = 'mark'\nmatch = { status = 'BROKEN' }\nevery = 2\ntimes = 5\nafter = 'first'",
          "at=job.done match.status=7 every=2 times=5 after=first action=mark" },
        { "at = 'irq.raise'\naction = 'delay'\nbetween = ['1us', 5000]\nprobability = 0.25\nparams = { ns = '2ms' }",
          "at=irq.raise between=2000..6000 probability=0.250000000 action=delay param.ns=2000000" },
        { "at = 'irq.raise'\naction = 'wrong-vector'\nprobability = 1\nparams.vector = 'ERROR'",
          "at=irq.raise probability=1 action=wrong-vector param.vector=1" },
    };

    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *file = g_strdup_printf("summary = 'x'\n[[rule]]\nid = 'first'\ndevice = 'toy0'\nat = 'reset'\n"
                                                "action = 'mark'\noptional = true\n[[rule]]\ndevice = 'toy1'\n%s\n",
                                                rows[i].keys);
        g_autoptr(StuntPlan) plan = parse(file);
        g_autofree char *text = rule_text(plan, NULL);
        const StuntPlanRule *first = plan->rule->pdata[0], *second = plan->rule->pdata[1];

        g_assert_cmpstr(text, ==, rows[i].text);
        g_assert_cmpstr(first->id, ==, "first");
        g_assert_cmpstr(second->id, ==, "plan-2");
        g_assert_cmpstr(second->device, ==, "toy1");
        g_assert_true(first->optional && !second->optional);
        g_assert_cmpuint(second->line, ==, 8);
    }
}

/* Refused when it is read, with the place. */
static void mistakes_in_the_file(void)
{
    static const struct {
        const char *text, *why;
    } rows[] = {
        { "", "p.toml:1:1: a plan has at least one [[rule]]" },
        { "[rule]\n", "p.toml:1:2: a plan has at least one [[rule]]" },
        { "rule = [1]\n", "p.toml:1:9: a rule is a table, not a whole number" },
        { "[[rules]]\n", "p.toml:1:3: a plan has no 'rules', did you mean 'rule'?" },
        { "[[rule]]\n", "p.toml:1:3: the rule needs 'device'" },
        { "[[rule]]\ndevice = 5\n", "p.toml:2:10: 'device' must be a string, not a whole number" },
        { "[[rule]]\ndevise = 'a'\n", "p.toml:2:1: a rule has no 'devise', did you mean 'device'?" },
        { "[[rule]]\ndevice = 'a'\nat = 'irq.rise'\n", "p.toml:3:6: unknown event class 'irq.rise', did you mean 'irq.raise'?" },
        { "[[rule]]\ndevice = 'a'\nat = 'irq.raise'\n", "p.toml:1:3: the rule needs 'action'" },
        { "[[rule]]\ndevice = 'a'\nat = 'irq.raise'\naction = 'dorp'\n", "p.toml:4:10: unknown action 'dorp', did you mean 'drop'?" },
        { "[[rule]]\ndevice = 'a'\nat = 'reset'\naction = 'drop'\n", "p.toml:4:10: action 'drop' does not apply to reset" },
        { "[[rule]]\ndevice = 'a'\nat = 'irq.raise'\naction = 'drop'\nmatch = { vektor = 1 }\n",
          "p.toml:5:11: event class irq.raise has no 'vektor', did you mean 'vector'?" },
        { "[[rule]]\ndevice = 'a'\nat = 'irq.raise'\naction = 'drop'\nmatch = 1\n", "p.toml:5:9: 'match' must be a table" },
        { "[[rule]]\ndevice = 'a'\nat = 'irq.raise'\naction = 'delay'\nparams = { nss = 1 }\n",
          "p.toml:5:12: action delay has no 'nss', did you mean 'ns'?" },
        { "[[rule]]\ndevice = 'a'\nat = 'irq.raise'\naction = 'drop'\noptional = 'yes'\n", "p.toml:5:12: 'optional' must be true or false" },
        { "[[rule]]\ndevice = 'a'\nat = 'irq.raise'\naction = 'drop'\nid = 'a b'\n", "p.toml:5:6: 'a b' is no id of a rule" },
        { "[[rule]]\ndevice = 'a'\nat = 'irq.raise'\naction = 'drop'\nafter = 'x'\n", "p.toml:5:9: no rule 'x' stands before this one" },
        { "[[rule]]\nid = 'x'\ndevice = 'a'\nat = 'reset'\naction = 'mark'\n[[rule]]\nid = 'x'\ndevice = 'a'\nat = 'reset'\naction = 'mark'\n",
          "p.toml:6:3: a rule 'x' is there already" },
    };

    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(GError) error = NULL;
        g_autoptr(StuntPlan) plan = stunt_plan_parse("p.toml", rows[i].text, &error);

        g_assert_null(plan);
        g_assert_error(error, STUNT_ERROR, STUNT_ERROR_INPUT);
        assert_has(error->message, rows[i].why);
    }
}

/* Refused when it is known what the device is. */
static void mistakes_in_values(void)
{
    static const struct {
        const char *keys, *why;
    } rows[] = {
        { "match = { vector = 'DONNE' }", "p.toml:4:20: toy has no vector 'DONNE', did you mean 'DONE'?" },
        { "match = { vector = 1.5 }", "p.toml:4:20: a whole number that is not negative" },
        { "match = { vector = -1 }", "p.toml:4:20: a whole number that is not negative" },
        { "match = { vector = { value = 1 } }", "p.toml:4:20: { value = …, mask = … } is needed here" },
        { "nth = '3'", "p.toml:4:7: a whole number" },
        { "between = '1ms'", "p.toml:4:11: two times are needed here" },
        { "between = ['1ms', 'soon']", "p.toml:4:19: 'soon' is no time" },
        { "between = ['1ms', 0xffffffffffffffff]", "p.toml:4:19: that is beyond all time" },
        { "probability = 1.5", "p.toml:4:15: a probability is a number of more than 0 and at most 1" },
        { "probability = 0", "p.toml:4:15: a probability" },
        { "params = { vector = 'NONE' }", "p.toml:4:21: 'NONE' is no time" },
    };

    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *file =
            g_strdup_printf("[[rule]]\ndevice = 'toy0'\nat = 'irq.raise'\n%s\naction = 'wrong-vector'\n", rows[i].keys);
        g_autoptr(StuntPlan) plan = parse(file);
        g_autoptr(GError) error = NULL;
        g_autofree char *text = rule_text(plan, &error);

        g_assert_null(text);
        assert_has(error->message, rows[i].why);
    }
}

/* Before there is a machine: which devices are lacking, and what those that are there can never have. */
static void checked_against_devices(void)
{
    g_autoptr(GPtrArray) devices = stunt_device_defs_new();
    g_autoptr(StuntPlan) good = parse("[[rule]]\ndevice = 'toy0'\nat = 'irq.raise'\naction = 'drop'\n");
    g_autoptr(StuntPlan) other = parse("[[rule]]\ndevice = 'toy7'\nat = 'irq.raise'\naction = 'drop'\n");
    g_autoptr(StuntPlan) never = parse("[[rule]]\ndevice = 'toy0'\nat = 'irq.raise'\nnth = 0\naction = 'drop'\n");
    g_autoptr(GError) error = NULL;

    stunt_device_defs_add(devices, "toy0", "toy", NULL);
    g_assert_cmpstr(stunt_plan_lacks(good, devices), ==, NULL);
    g_assert_cmpstr(stunt_plan_lacks(other, devices), ==, "toy7");
    g_assert_true(stunt_plan_check(good, devices, spec, NULL));
    g_assert_false(stunt_plan_check(never, devices, spec, &error));
    g_assert_cmpstr(error->message, ==, "p.toml:1:3: nth: counting starts at 1, match 0 never comes");
}

int main(int argc, char **argv)
{
    g_autofree char *spec_file = NULL;
    int status;

    g_test_init(&argc, &argv, NULL);
    spec_file = data_file("data/spec.lua");
    spec = stunt_spec_load(spec_file, NULL);
    g_assert_nonnull(spec);
    g_test_add_func("/plan/whole-rules", whole_rules);
    g_test_add_func("/plan/mistakes-in-the-file", mistakes_in_the_file);
    g_test_add_func("/plan/mistakes-in-values", mistakes_in_values);
    g_test_add_func("/plan/checked-against-devices", checked_against_devices);
    status = g_test_run();
    stunt_spec_free(spec);
    return status;
}
