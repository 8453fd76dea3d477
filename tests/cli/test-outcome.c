/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What became of a run, and plans by chance. */
#include "common.h"
#include "lib/plan/plan.h"
#include "outcome.h"
#include "random-plan.h"

static const char *outcome(StuntStatus status, guint64 fired, const char *reason, const char *log)
{
    g_autoptr(StuntResult) result = stunt_result_new("it", NULL);

    result->status = status;
    stunt_result_set(&result->reason, reason);
    stunt_result_add_rule(result, &(StuntRuleResult){ .id = "a" });
    stunt_result_add_rule(result, &(StuntRuleResult){ .id = "b", .fired = fired });
    return stunt_outcome_name(stunt_outcome_of(result, log));
}

static void outcomes(void)
{
    static const struct {
        StuntStatus status;
        guint fired;
        const char *reason, *log, *name;
    } rows[] = {
        { STUNT_PASS, 0, "", "", "not-activated" },
        { STUNT_PASS, 1, "", "", "masked" },
        { STUNT_PASS, 1, "", NULL, "masked" },
        { STUNT_PASS, 1, "", "1.0  -------  step  outcome recovered: lost_irqs=1\n", "recovered" },
        { STUNT_PASS, 0, "", "1.0  -------  step  outcome recovered: lost_irqs=1\n", "not-activated" },
        { STUNT_PASS, 1, "", "step  outcome unknown\n", "masked" },
        { STUNT_FAIL, 1, "a.lua:3: outcome SDC: copy", "", "SDC" },
        { STUNT_FAIL, 1, "a.lua:3: outcome DUE: copy", "", "DUE" },
        { STUNT_FAIL, 1, "a.lua:3: expected 0, got 1", "", "DUE" },
        { STUNT_FAIL, 1, "a.lua:3: hang: not done at its deadline", "", "hang" },
        { STUNT_FAIL, 1, "a.lua:3: the guest panicked: no reason", "", "crash" },
        { STUNT_FAIL, 1, "a.lua:3: the guest went off", "", "crash" },
        { STUNT_FAIL, 1, "health oracle: hung-task: task x blocked", "", "hang" },
        { STUNT_FAIL, 1, "health oracle: oops: BUG: unable to handle", "", "crash" },
        { STUNT_FAIL, 1, "health oracle: kasan: BUG", "", "crash" },
        { STUNT_FAIL, 1, "health oracle: misuse: dma0", "", "latent" },
        { STUNT_FAIL, 1, "health oracle: left-irq: 40", "", "latent" },
        { STUNT_FAIL, 0, "a.lua:3: expected 0, got 1", "", "simulator-fault" },
        { STUNT_BROKEN, 1, "QEMU died", "", "simulator-fault" },
        { STUNT_INVALID, 1, "events were lost", "", "simulator-fault" },
    };

    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_assert_cmpstr(outcome(rows[i].status, rows[i].fired, rows[i].reason, rows[i].log), ==, rows[i].name);
    }
}

/* Each one is a plan that its devices can have; the same seed gives the same. Of real tables: devices are named there. */
static void plans_by_chance(void)
{
    g_autoptr(GPtrArray) devices = stunt_device_defs_new(), nobody = stunt_device_defs_new();
    StuntSpecDevice device = { .name = "any" };
    StuntSpec spec = { .device = g_ptr_array_new() };
    g_autofree char *first = NULL;

    device.name = (char *)stunt_device_events[0].type;
    g_ptr_array_add(spec.device, &device);
    stunt_device_defs_add(devices, "it0", device.name, NULL);
    stunt_device_defs_add(nobody, "it0", "no-such-device", NULL);
    for (guint64 seed = 0; seed < 2000; seed++) {
        g_autofree char *text = stunt_random_plan(seed, 1 + seed % 5, devices);
        g_autofree char *again = stunt_random_plan(seed, 1 + seed % 5, devices);
        g_autoptr(GError) error = NULL;
        g_autoptr(StuntPlan) plan = stunt_plan_parse("random", text, &error);

        g_assert_no_error(error);
        g_assert_cmpuint(plan->rule->len, ==, 1 + seed % 5);
        g_assert_cmpstr(text, ==, again);
        g_assert_true(stunt_plan_check(plan, devices, &spec, &error));
        g_assert_no_error(error);
    }
    first = stunt_random_plan(1, 3, nobody);
    g_assert_cmpstr(first, ==, NULL);
    g_ptr_array_unref(spec.device);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/campaign/outcomes", outcomes);
    g_test_add_func("/campaign/plans-by-chance", plans_by_chance);
    return g_test_run();
}
