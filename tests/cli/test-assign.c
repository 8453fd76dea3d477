/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which scenario goes to which worker. */
#include "assign.h"
#include "common.h"

#define MAX_JOBS 8

/* Index of the job that a worker takes which ran `last`, while others have these. */
static guint take(const guint *definition, const guint *jobs, guint n, guint last, guint other)
{
    g_autoptr(GArray) waiting = g_array_new(FALSE, FALSE, sizeof(guint));
    g_autoptr(GArray) elsewhere = g_array_new(FALSE, FALSE, sizeof(guint));
    guint nothing = 0;

    g_array_append_vals(waiting, jobs, n);
    g_array_append_val(elsewhere, nothing);
    g_array_append_val(elsewhere, other);
    return jobs[stunt_assign(definition, waiting, last, elsewhere)];
}

static void warm_machine_comes_first(void)
{
    static const guint definition[] = { 1, 2, 3, 2, 1 }, jobs[] = { 0, 1, 2, 3, 4 };

    g_assert_cmpuint(take(definition, jobs, 5, 2, 1), ==, 1);
    g_assert_cmpuint(take(definition, jobs, 5, 3, 1), ==, 2);
    g_assert_cmpuint(take(definition, jobs, 5, 1, 1), ==, 0);
}

static void then_a_machine_that_nobody_has(void)
{
    static const guint definition[] = { 1, 1, 2, 3 }, jobs[] = { 0, 1, 2, 3 };

    g_assert_cmpuint(take(definition, jobs, 4, 4, 1), ==, 2);
    g_assert_cmpuint(take(definition, jobs, 4, 0, 1), ==, 2);
    g_assert_cmpuint(take(definition, jobs, 4, 0, 0), ==, 0);
}

static void then_the_first(void)
{
    static const guint definition[] = { 1, 1, 1 }, jobs[] = { 1, 2 };

    g_assert_cmpuint(take(definition, jobs, 2, 2, 1), ==, 1);
}

/* A file that cannot be read is like no other, not even like another such file. */
static void unknown_is_like_no_other(void)
{
    static const guint definition[] = { 1, 0, 0, 2 }, jobs[] = { 0, 1, 2, 3 };

    g_assert_cmpuint(take(definition, jobs, 4, 0, 1), ==, 1);
    g_assert_cmpuint(take(definition, jobs, 4, 2, 1), ==, 3);
}

/* Two workers, taking turns, as 6 jobs of one machine and 2 of another come in mixed order. */
static void two_workers_share_two_machines(void)
{
    static const guint definition[MAX_JOBS] = { 1, 1, 2, 1, 1, 2, 1, 1 };
    static const guint order[MAX_JOBS] = { 0, 2, 1, 5, 3, 4, 6, 7 };
    g_autoptr(GArray) waiting = g_array_new(FALSE, FALSE, sizeof(guint));
    guint last[2] = { 0, 0 };

    for (guint i = 0; i < MAX_JOBS; i++) {
        g_array_append_val(waiting, i);
    }
    for (guint turn = 0; turn < MAX_JOBS; turn++) {
        g_autoptr(GArray) elsewhere = g_array_new(FALSE, FALSE, sizeof(guint));
        guint worker = turn % 2, place, job;

        g_array_append_val(elsewhere, last[!worker]);
        place = stunt_assign(definition, waiting, last[worker], elsewhere);
        job = g_array_index(waiting, guint, place);
        g_array_remove_index(waiting, place);
        last[worker] = definition[job];
        g_assert_cmpuint(job, ==, order[turn]);
    }
}

/* ---- what makes a definition --------------------------------------------------------------------- */

static StuntScenario *sample(void)
{
    StuntScenario *scenario = stunt_scenario_new("toy/it", "/it.lua");

    stunt_modules_add(scenario->module, "one", "a=1");
    stunt_device_defs_add(scenario->device, "toy0", "toy", "speed=3");
    return scenario;
}

static void assert_same(const StuntScenario *scenario, const char *kernel, const char *bug, gboolean same)
{
    g_autoptr(StuntScenario) plain = sample();
    g_autofree char *expected = stunt_assign_definition(plain, NULL, NULL);
    g_autofree char *text = stunt_assign_definition(scenario, kernel, bug);

    g_assert_cmpint(g_str_equal(text, expected), ==, same);
}

static void what_shapes_the_machine_counts(void)
{
    g_autoptr(StuntScenario) scenario = sample();
    StuntModule *module = scenario->module->pdata[0];

    assert_same(scenario, NULL, NULL, TRUE);
    assert_same(scenario, "6.12", NULL, FALSE);
    assert_same(scenario, NULL, "leak", FALSE);
    scenario->memory_mib *= 2;
    assert_same(scenario, NULL, NULL, FALSE);
    scenario->memory_mib /= 2;
    scenario->realtime = TRUE;
    assert_same(scenario, NULL, NULL, FALSE);
    scenario->realtime = FALSE;
    scenario->iommu = STUNT_ON;
    assert_same(scenario, NULL, NULL, FALSE);
    scenario->iommu = STUNT_OFF;
    assert_same(scenario, NULL, NULL, TRUE); /* as when nothing is said */
    scenario->cmdline = g_strdup("quiet");
    assert_same(scenario, NULL, NULL, FALSE);
    g_clear_pointer(&scenario->cmdline, g_free);
    module->params[2] = '2';
    assert_same(scenario, NULL, NULL, FALSE);
    module->params[2] = '1';
    stunt_device_defs_add(scenario->device, "toy1", "toy", NULL);
    assert_same(scenario, NULL, NULL, FALSE);
}

static void the_rest_does_not(void)
{
    g_autoptr(StuntScenario) scenario = sample();

    scenario->deadline_ns = 1;
    scenario->verdict = STUNT_FAIL;
    g_ptr_array_add(scenario->allow, g_strdup("lost"));
    g_free(scenario->summary);
    scenario->summary = g_strdup("another");
    assert_same(scenario, NULL, NULL, TRUE);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/assign/warm-machine-comes-first", warm_machine_comes_first);
    g_test_add_func("/assign/then-a-machine-that-nobody-has", then_a_machine_that_nobody_has);
    g_test_add_func("/assign/then-the-first", then_the_first);
    g_test_add_func("/assign/unknown-is-like-no-other", unknown_is_like_no_other);
    g_test_add_func("/assign/two-workers-share-two-machines", two_workers_share_two_machines);
    g_test_add_func("/assign/what-shapes-the-machine-counts", what_shapes_the_machine_counts);
    g_test_add_func("/assign/the-rest-does-not", the_rest_does_not);
    return g_test_run();
}
