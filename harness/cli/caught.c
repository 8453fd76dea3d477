/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which planted bugs were caught. */
#include <string.h>

#include "caught.h"

#define ORACLE "health oracle: "

static void case_free(gpointer data)
{
    StuntCase *one = data;

    stunt_result_free(one->result);
    g_free(one);
}

GPtrArray *stunt_cases_new(void)
{
    return g_ptr_array_new_with_free_func(case_free);
}

void stunt_cases_add(GPtrArray *cases, const StuntBug *bug, const StuntScenarioFile *scenario, gboolean claimed)
{
    StuntCase *one = g_new0(StuntCase, 1);

    one->bug = bug;
    one->scenario = scenario;
    one->claimed = claimed;
    g_ptr_array_add(cases, one);
}

const char *stunt_case_how(const StuntCase *one)
{
    const char *reason = one->result ? one->result->reason : "";

    if (!one->result || one->result->status != STUNT_FAIL) {
        return "";
    }
    if (g_str_has_prefix(reason, ORACLE)) {
        return strstr(reason, "misuse") ? "misuse" : "kernel log";
    }
    if (strstr(reason, "hang: ")) {
        return "hang";
    }
    return strstr(reason, "panic") ? "panic" : "expectation";
}

/* ---- judging ------------------------------------------------------------------------------------- */

static char *what_came_out(const StuntCase *one)
{
    const StuntResult *result = one->result;

    if (!result) {
        return g_strdup_printf("%s was not run", one->scenario->name);
    }
    return g_strdup_printf("%s: %s%s%s", one->scenario->name, stunt_status_name(result->status),
                           *result->reason ? ", " : "", result->reason);
}

static gboolean is_good(const StuntCase *one)
{
    StuntStatus status = one->result ? one->result->status : STUNT_BROKEN;

    if (!one->bug) {
        return status == STUNT_PASS || status == STUNT_SKIP;
    }
    return !one->claimed || status == STUNT_FAIL || status == STUNT_SKIP;
}

gboolean stunt_cases_judge(const GPtrArray *cases, const StuntBug *bug, char **ret_why)
{
    guint caught = 0;

    *ret_why = NULL;
    for (guint i = 0; i < cases->len; i++) {
        const StuntCase *one = cases->pdata[i];

        if (one->bug != bug) {
            continue;
        }
        if (!is_good(one)) {
            g_autofree char *text = what_came_out(one);

            *ret_why = g_strdup_printf(bug ? "claimed, but not caught by %s" : "%s", text);
            return FALSE;
        }
        caught += one->result->status == STUNT_FAIL;
    }
    if (bug && !caught) {
        *ret_why = g_strdup("no scenario catches it");
    }
    return !*ret_why;
}
