/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Whether a scenario is reported or runs again. */
#include "logs.h"
#include "retry.h"
#include "stunt/start.h"

void stunt_tries_clear(StuntTries *tries)
{
    stunt_outcome_clear(&tries->turbo);
    g_clear_pointer(&tries->death, g_free);
}

/* ---- turbo against strict ------------------------------------------------------------------------ */

static gboolean needs_check(const StuntResult *result)
{
    return result->status != STUNT_PASS && result->status != STUNT_SKIP &&
           g_str_equal(result->start, stunt_start_kind_name(STUNT_START_TURBO)) &&
           !g_str_equal(result->mode, "realtime");
}

static char *verdict(const char *side, const StuntResult *result)
{
    const char *reason = result->reason;

    return g_strdup_printf("%s %s%s%s%s", side, stunt_status_name(result->status), *reason ? " (" : "",
                           reason, *reason ? ")" : "");
}

static void append_section(GString *text, const char *side, const char *detail)
{
    if (*detail) {
        g_string_append_printf(text, "%s run:\n%s%s", side, detail,
                               g_str_has_suffix(detail, "\n") ? "" : "\n");
    }
}

static void set_differing(StuntResult *turbo, const StuntResult *strict, const StuntLogComparison *logs)
{
    g_autofree char *turbo_verdict = verdict("turbo", turbo), *strict_verdict = verdict("strict", strict);
    g_autofree char *where = logs->line
                                 ? g_strdup_printf("first difference in line %u of the logs", logs->line)
                                 : g_strdup("the logs are equal");
    g_autofree char *reason =
        g_strdup_printf("turbo and strict differ: %s, %s; %s", turbo_verdict, strict_verdict, where);
    g_autoptr(GString) detail = g_string_new(NULL);

    if (logs->line) {
        g_string_append_printf(detail, "turbo:  %s\nstrict: %s\n", logs->first, logs->other);
    }
    append_section(detail, "turbo", turbo->detail);
    append_section(detail, "strict", strict->detail);
    turbo->status = STUNT_BROKEN;
    stunt_result_set(&turbo->reason, reason);
    stunt_result_set(&turbo->detail, detail->str);
}

/* The turbo run's outcome goes on in *outcome; a bench that contradicts itself has shown nothing. */
static void check(StuntTries *tries, StuntOutcome *outcome)
{
    StuntOutcome strict = *outcome;
    g_auto(StuntLogComparison) logs = { 0 };
    gboolean equal = stunt_logs_compare(tries->turbo.logs.events, strict.logs.events, &logs);

    *outcome = tries->turbo;
    tries->turbo = (StuntOutcome){ 0 };
    if (!equal || outcome->result->status != strict.result->status ||
        !g_str_equal(outcome->result->reason, strict.result->reason)) {
        set_differing(outcome->result, strict.result, &logs);
        outcome->logs.events_strict = g_steal_pointer(&strict.logs.events);
    }
    stunt_outcome_clear(&strict);
}

/* ---- dead processes ------------------------------------------------------------------------------ */

static void set_died_twice(const StuntTries *tries, StuntResult *result, const char *death)
{
    g_autofree char *reason = g_str_equal(tries->death, death)
                                  ? g_strdup_printf("%s, in two tries", death)
                                  : g_strdup_printf("%s; in a first try: %s", death, tries->death);

    stunt_result_set(&result->reason, reason);
}

static void add_warning(const StuntTries *tries, StuntResult *result)
{
    const char *before = result->start_warning;
    g_autofree char *text =
        g_strdup_printf("%s%sran again: %s", before, *before ? "; " : "", tries->death ? tries->death : "");

    if (tries->death) {
        stunt_result_set(&result->start_warning, text);
    }
}

/* ---- what comes next ----------------------------------------------------------------------------- */

StuntNext stunt_tries_next(StuntTries *tries, StuntOutcome *outcome, const char *death)
{
    if (death && !tries->death && !tries->once) {
        tries->death = g_strdup(death);
        stunt_outcome_clear(outcome);
        return tries->turbo.result ? STUNT_NEXT_STRICT : STUNT_NEXT_AGAIN;
    }
    if (death && tries->death) {
        set_died_twice(tries, outcome->result, death);
    }
    if (tries->turbo.result) {
        check(tries, outcome);
    } else if (!death && !tries->once && needs_check(outcome->result)) {
        tries->turbo = *outcome;
        *outcome = (StuntOutcome){ 0 };
        return STUNT_NEXT_STRICT;
    }
    add_warning(tries, outcome->result);
    return STUNT_NEXT_REPORT;
}
