/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Results as plain data, and their count. */
#include "stunt/result.h"

static const char *const status_names[] = {
    [STUNT_PASS] = "PASS",       [STUNT_FAIL] = "FAIL",    [STUNT_SKIP] = "SKIP",
    [STUNT_INVALID] = "INVALID", [STUNT_BROKEN] = "ERROR",
};

enum { EXIT_GOOD = 0, EXIT_FAIL = 1, EXIT_BROKEN = 2 };

const char *stunt_status_name(StuntStatus status)
{
    return status_names[status];
}

gboolean stunt_status_parse(const char *name, StuntStatus *ret_status)
{
    for (guint i = 0; name && i < G_N_ELEMENTS(status_names); i++) {
        if (g_str_equal(name, status_names[i])) {
            *ret_status = i;
            return TRUE;
        }
    }
    return FALSE;
}

static void rule_free(gpointer data)
{
    StuntRuleResult *rule = data;

    g_free(rule->id);
    g_free(rule->at);
    g_free(rule->action);
    g_free(rule);
}

StuntResult *stunt_result_new(const char *name, const char *file)
{
    StuntResult *result = g_new0(StuntResult, 1);
    char **strings[] = { &result->reason, &result->mode,      &result->kernel,  &result->events,
                         &result->replay, &result->detail,    &result->release, &result->plan,
                         &result->start,  &result->start_note, &result->start_warning,
                         &result->bug,    &result->plan_name, &result->plan_text, &result->not_unloaded };

    for (guint i = 0; i < G_N_ELEMENTS(strings); i++) {
        *strings[i] = g_strdup("");
    }
    result->name = g_strdup(name);
    result->file = g_strdup(file ? file : "");
    result->rule = g_ptr_array_new_with_free_func(rule_free);
    result->finding = stunt_findings_new();
    return result;
}

void stunt_result_free(StuntResult *result)
{
    if (result) {
        char *strings[] = { result->name,    result->reason, result->mode,  result->kernel,
                            result->events,  result->replay, result->file,  result->detail,
                            result->release, result->plan,   result->start, result->start_note,
                            result->start_warning, result->bug, result->plan_name, result->plan_text,
                            result->not_unloaded };

        for (guint i = 0; i < G_N_ELEMENTS(strings); i++) {
            g_free(strings[i]);
        }
        g_ptr_array_unref(result->rule);
        g_ptr_array_unref(result->finding);
        g_clear_pointer(&result->grid, g_bytes_unref);
        g_free(result);
    }
}

void stunt_result_set(char **string, const char *value)
{
    char *copy = g_utf8_make_valid(value ? value : "", -1);

    g_free(*string);
    *string = copy;
}

void stunt_result_add_rule(StuntResult *result, const StuntRuleResult *rule)
{
    StuntRuleResult *copy = g_memdup2(rule, sizeof(*rule));

    copy->id = g_strdup(rule->id ? rule->id : "");
    copy->at = g_strdup(rule->at ? rule->at : "");
    copy->action = g_strdup(rule->action ? rule->action : "");
    g_ptr_array_add(result->rule, copy);
}

/* ---- counting ------------------------------------------------------------------------------------ */

void stunt_tally_add(StuntTally *tally, const StuntResult *result)
{
    switch (result->status) {
    case STUNT_PASS:
        tally->passed++;
        break;
    case STUNT_SKIP:
        tally->skipped++;
        break;
    case STUNT_FAIL:
        tally->failed++;
        tally->any_fail = TRUE;
        break;
    case STUNT_INVALID:
    case STUNT_BROKEN:
        tally->failed++;
        tally->any_broken = TRUE;
        break;
    }
}

char *stunt_tally_text(const StuntTally *tally)
{
    g_autofree char *skipped =
        tally->skipped ? g_strdup_printf(", %u skipped", tally->skipped) : g_strdup("");

    return g_strdup_printf("%u passed, %u failed%s", tally->passed, tally->failed, skipped);
}

/* A FAIL says more about the driver than an ERROR does, so it decides. */
int stunt_tally_exit_code(const StuntTally *tally)
{
    if (tally->any_fail) {
        return EXIT_FAIL;
    }
    return tally->any_broken ? EXIT_BROKEN : EXIT_GOOD;
}
