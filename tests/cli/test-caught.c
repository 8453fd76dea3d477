/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which planted bugs were caught. */
#include "caught.h"

static const StuntBug bug = { (char *)"late", (char *)"toy", (char *)"order", (char *)"is too late" };
static const StuntBug other = { (char *)"early", (char *)"toy", (char *)"order", (char *)"is too early" };
static const StuntScenarioFile file = { (char *)"toy/it", (char *)"/it.lua" };

static GPtrArray *cases;

static void add(const StuntBug *planted, gboolean claimed, StuntStatus status, const char *reason)
{
    StuntCase *one;

    stunt_cases_add(cases, planted, &file, claimed);
    one = cases->pdata[cases->len - 1];
    one->result = stunt_result_new("toy/it", "/it.lua");
    one->result->status = status;
    stunt_result_set(&one->result->reason, reason);
}

/* why: NULL when all is as it should be. */
static void check(const StuntBug *planted, const char *why)
{
    g_autofree char *got = NULL;

    g_assert_cmpint(stunt_cases_judge(cases, planted, &got), ==, !why);
    g_assert_cmpstr(got, ==, why);
    g_ptr_array_set_size(cases, 0);
}

static void caught_by_who_claims_it(void)
{
    add(&bug, TRUE, STUNT_FAIL, "hang: late");
    add(&other, TRUE, STUNT_PASS, "");
    check(&bug, NULL);
    add(&bug, TRUE, STUNT_FAIL, "hang: late");
    add(&bug, FALSE, STUNT_INVALID, "a rule never fired");
    add(&bug, TRUE, STUNT_SKIP, "not here");
    check(&bug, NULL);
}

static void caught_by_somebody_else(void)
{
    add(&bug, FALSE, STUNT_PASS, "");
    add(&bug, FALSE, STUNT_FAIL, "health oracle: x");
    check(&bug, NULL);
}

static void caught_by_nobody(void)
{
    check(&bug, "no scenario catches it");
    add(&bug, FALSE, STUNT_PASS, "");
    check(&bug, "no scenario catches it");
    add(&bug, TRUE, STUNT_SKIP, "not here");
    check(&bug, "no scenario catches it");
}

/* That it is caught elsewhere does not make a claim true; neither does a bench that breaks. */
static void false_claims(void)
{
    add(&bug, FALSE, STUNT_FAIL, "hang: late");
    add(&bug, TRUE, STUNT_PASS, "");
    check(&bug, "claimed, but not caught by toy/it: PASS");
    add(&bug, TRUE, STUNT_INVALID, "a rule never fired");
    check(&bug, "claimed, but not caught by toy/it: INVALID, a rule never fired");
    add(&bug, TRUE, STUNT_BROKEN, "QEMU died");
    check(&bug, "claimed, but not caught by toy/it: ERROR, QEMU died");
    stunt_cases_add(cases, &bug, &file, TRUE);
    check(&bug, "claimed, but not caught by toy/it was not run");
}

static void real_driver_passes_everywhere(void)
{
    add(NULL, FALSE, STUNT_PASS, "");
    add(NULL, FALSE, STUNT_SKIP, "not here");
    check(NULL, NULL);
    add(NULL, FALSE, STUNT_FAIL, "expected 1, got 2");
    check(NULL, "toy/it: FAIL, expected 1, got 2");
}

static void says_how(void)
{
    static const char *const said[][2] = {
        { "it.lua:3: hang: not done at its deadline", "hang" },
        { "health oracle: dma0: 2 events of misuse", "misuse" },
        { "health oracle: BUG: unable to handle page fault", "kernel log" },
        { "it.lua:3: the guest's kernel panicked", "panic" },
        { "it.lua:3: expected 1, got 2", "expectation" },
    };

    for (guint i = 0; i < G_N_ELEMENTS(said); i++) {
        add(&bug, TRUE, STUNT_FAIL, said[i][0]);
        g_assert_cmpstr(stunt_case_how(cases->pdata[i]), ==, said[i][1]);
    }
    add(&bug, TRUE, STUNT_PASS, "");
    g_assert_cmpstr(stunt_case_how(cases->pdata[cases->len - 1]), ==, "");
    g_ptr_array_set_size(cases, 0);
}

int main(int argc, char **argv)
{
    int status;

    g_test_init(&argc, &argv, NULL);
    cases = stunt_cases_new();
    g_test_add_func("/caught/by-who-claims-it", caught_by_who_claims_it);
    g_test_add_func("/caught/by-somebody-else", caught_by_somebody_else);
    g_test_add_func("/caught/by-nobody", caught_by_nobody);
    g_test_add_func("/caught/false-claims", false_claims);
    g_test_add_func("/caught/real-driver-passes-everywhere", real_driver_passes_everywhere);
    g_test_add_func("/caught/says-how", says_how);
    status = g_test_run();
    g_ptr_array_unref(cases);
    return status;
}
