/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is reported, and what runs again. */
#include "common.h"
#include "retry.h"

#define KILLED "the scenario's process was killed by signal 9 (Killed)"
#define ENDED  "the scenario's process ended with status 3"

static StuntOutcome outcome(StuntStatus status, const char *start, const char *reason, const char *events)
{
    StuntOutcome made = { .result = stunt_result_new("toy/it", "/it.lua") };

    made.result->status = status;
    made.logs.events = g_bytes_new(events, strlen(events));
    stunt_result_set(&made.result->reason, reason);
    stunt_result_set(&made.result->start, start);
    stunt_result_set(&made.result->mode, "deterministic");
    return made;
}

/* As a run leaves it whose process died. */
static StuntOutcome dead(const char *death)
{
    return outcome(STUNT_BROKEN, "", death, "");
}

/* ---- one run is enough --------------------------------------------------------------------------- */

static void assert_reported(StuntOutcome made)
{
    StuntTries tries = { 0 };

    g_assert_cmpint(stunt_tries_next(&tries, &made, NULL), ==, STUNT_NEXT_REPORT);
    g_assert_nonnull(made.result);
    g_assert_cmpstr(made.result->start_warning, ==, "");
    stunt_tries_clear(&tries);
    stunt_outcome_clear(&made);
}

static void good_verdicts_stand(void)
{
    assert_reported(outcome(STUNT_PASS, "turbo", "", "a\n"));
    assert_reported(outcome(STUNT_SKIP, "turbo", "not here", "a\n"));
}

static void other_starts_are_not_checked(void)
{
    assert_reported(outcome(STUNT_FAIL, "strict", "bad", "a\n"));
    assert_reported(outcome(STUNT_FAIL, "boot", "bad", "a\n"));
    assert_reported(outcome(STUNT_BROKEN, "", "no such kernel", ""));
}

static void silence_is_not_a_death(void)
{
    assert_reported(dead("no sign of life for 180 s (wall-clock backstop)"));
}

static void real_time_is_never_repeated(void)
{
    StuntTries tries = { .once = TRUE };
    StuntOutcome made = outcome(STUNT_FAIL, "turbo", "bad", "a\n");
    StuntOutcome lost = dead(KILLED);

    stunt_result_set(&made.result->mode, "realtime");
    g_assert_cmpint(stunt_tries_next(&tries, &made, NULL), ==, STUNT_NEXT_REPORT);
    g_assert_cmpint(stunt_tries_next(&tries, &lost, KILLED), ==, STUNT_NEXT_REPORT);
    g_assert_cmpint(lost.result->status, ==, STUNT_BROKEN);
    g_assert_cmpstr(lost.result->reason, ==, KILLED);
    stunt_tries_clear(&tries);
    stunt_outcome_clear(&made);
    stunt_outcome_clear(&lost);
}

/* ---- turbo against strict ------------------------------------------------------------------------ */

/* What is reported of a turbo run and the strict run that checks it. */
static StuntOutcome check(StuntOutcome turbo, StuntOutcome strict)
{
    StuntTries tries = { 0 };

    g_assert_cmpint(stunt_tries_next(&tries, &turbo, NULL), ==, STUNT_NEXT_STRICT);
    g_assert_null(turbo.result);
    g_assert_cmpint(stunt_tries_next(&tries, &strict, NULL), ==, STUNT_NEXT_REPORT);
    stunt_tries_clear(&tries);
    return strict;
}

static void assert_bytes(GBytes *bytes, const char *text)
{
    g_autoptr(GBytes) expected = g_bytes_new_static(text, strlen(text));

    g_assert_true(bytes && g_bytes_equal(bytes, expected));
}

static void agreement_reports_the_turbo_run(void)
{
    static const StuntStatus rows[] = { STUNT_FAIL, STUNT_INVALID, STUNT_BROKEN };

    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        StuntOutcome told =
            check(outcome(rows[i], "turbo", "bad", "a\n"), outcome(rows[i], "strict", "bad", "a\n"));

        g_assert_cmpint(told.result->status, ==, rows[i]);
        g_assert_cmpstr(told.result->start, ==, "turbo");
        g_assert_cmpstr(told.result->reason, ==, "bad");
        g_assert_cmpstr(told.result->start_warning, ==, "");
        assert_bytes(told.logs.events, "a\n");
        g_assert_null(told.logs.events_strict);
        stunt_outcome_clear(&told);
    }
}

static void another_verdict_is_error(void)
{
    StuntOutcome turbo = outcome(STUNT_FAIL, "turbo", "hang", "a\nb\n"), told;

    stunt_result_set(&turbo.result->detail, "last words");
    told = check(turbo, outcome(STUNT_PASS, "strict", "", "a\nc\n"));
    g_assert_cmpint(told.result->status, ==, STUNT_BROKEN);
    g_assert_cmpstr(told.result->reason, ==,
                    "turbo and strict differ: turbo FAIL (hang), strict PASS; "
                    "first difference in line 2 of the logs");
    assert_has(told.result->detail, "turbo:  b\nstrict: c\n");
    assert_has(told.result->detail, "last words");
    assert_bytes(told.logs.events, "a\nb\n");
    assert_bytes(told.logs.events_strict, "a\nc\n");
    stunt_outcome_clear(&told);
}

static void another_reason_or_log_is_error(void)
{
    StuntOutcome reason =
        check(outcome(STUNT_FAIL, "turbo", "hang", "a\n"), outcome(STUNT_FAIL, "strict", "crash", "a\n"));
    StuntOutcome log =
        check(outcome(STUNT_FAIL, "turbo", "hang", "a\n"), outcome(STUNT_FAIL, "strict", "hang", "a\nb\n"));

    g_assert_cmpstr(reason.result->reason, ==,
                    "turbo and strict differ: turbo FAIL (hang), strict FAIL (crash); the logs are equal");
    g_assert_cmpint(log.result->status, ==, STUNT_BROKEN);
    assert_has(log.result->detail, "turbo:  (the log ends)\nstrict: b\n");
    stunt_outcome_clear(&reason);
    stunt_outcome_clear(&log);
}

/* ---- dead processes ------------------------------------------------------------------------------ */

static void death_is_forgiven_once(void)
{
    StuntTries tries = { 0 };
    StuntOutcome first = dead(KILLED), second = outcome(STUNT_PASS, "turbo", "", "a\n");

    g_assert_cmpint(stunt_tries_next(&tries, &first, KILLED), ==, STUNT_NEXT_AGAIN);
    g_assert_null(first.result);
    g_assert_cmpint(stunt_tries_next(&tries, &second, NULL), ==, STUNT_NEXT_REPORT);
    g_assert_cmpint(second.result->status, ==, STUNT_PASS);
    g_assert_cmpstr(second.result->start_warning, ==, "ran again: " KILLED);
    stunt_tries_clear(&tries);
    stunt_outcome_clear(&second);
}

static void warning_is_added_to_the_one_there_is(void)
{
    StuntTries tries = { 0 };
    StuntOutcome first = dead(KILLED), second = outcome(STUNT_PASS, "boot", "", "a\n");

    stunt_result_set(&second.result->start_warning, "no template");
    stunt_tries_next(&tries, &first, KILLED);
    stunt_tries_next(&tries, &second, NULL);
    g_assert_cmpstr(second.result->start_warning, ==, "no template; ran again: " KILLED);
    stunt_tries_clear(&tries);
    stunt_outcome_clear(&second);
}

static void assert_died_twice(const char *first_death, const char *second_death, const char *reason)
{
    StuntTries tries = { 0 };
    StuntOutcome first = dead(first_death), second = dead(second_death);

    g_assert_cmpint(stunt_tries_next(&tries, &first, first_death), ==, STUNT_NEXT_AGAIN);
    g_assert_cmpint(stunt_tries_next(&tries, &second, second_death), ==, STUNT_NEXT_REPORT);
    g_assert_cmpint(second.result->status, ==, STUNT_BROKEN);
    g_assert_cmpstr(second.result->reason, ==, reason);
    stunt_tries_clear(&tries);
    stunt_outcome_clear(&second);
}

static void second_death_is_error(void)
{
    assert_died_twice(KILLED, KILLED, KILLED ", in two tries");
    assert_died_twice(KILLED, ENDED, ENDED "; in a first try: " KILLED);
}

/* A death does not save a turbo verdict from being checked, nor a check from being repeated. */
static void death_before_and_in_a_check(void)
{
    StuntTries before = { 0 }, during = { 0 };
    StuntOutcome first = dead(KILLED), turbo = outcome(STUNT_FAIL, "turbo", "bad", "a\n");
    StuntOutcome lost = dead(KILLED), again = outcome(STUNT_FAIL, "turbo", "bad", "a\n");
    StuntOutcome strict = outcome(STUNT_FAIL, "strict", "bad", "a\n"), twice = dead(KILLED);

    g_assert_cmpint(stunt_tries_next(&before, &first, KILLED), ==, STUNT_NEXT_AGAIN);
    g_assert_cmpint(stunt_tries_next(&before, &again, NULL), ==, STUNT_NEXT_STRICT);
    g_assert_cmpint(stunt_tries_next(&before, &twice, KILLED), ==, STUNT_NEXT_REPORT);
    assert_has(twice.result->reason, "turbo FAIL (bad), strict ERROR (" KILLED ", in two tries)");
    g_assert_cmpint(stunt_tries_next(&during, &turbo, NULL), ==, STUNT_NEXT_STRICT);
    g_assert_cmpint(stunt_tries_next(&during, &lost, KILLED), ==, STUNT_NEXT_STRICT);
    g_assert_cmpint(stunt_tries_next(&during, &strict, NULL), ==, STUNT_NEXT_REPORT);
    g_assert_cmpint(strict.result->status, ==, STUNT_FAIL);
    assert_has(strict.result->start_warning, "ran again: " KILLED);
    stunt_tries_clear(&before);
    stunt_tries_clear(&during);
    stunt_outcome_clear(&twice);
    stunt_outcome_clear(&strict);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/retry/good-verdicts-stand", good_verdicts_stand);
    g_test_add_func("/retry/other-starts-are-not-checked", other_starts_are_not_checked);
    g_test_add_func("/retry/silence-is-not-a-death", silence_is_not_a_death);
    g_test_add_func("/retry/real-time-is-never-repeated", real_time_is_never_repeated);
    g_test_add_func("/retry/agreement-reports-the-turbo-run", agreement_reports_the_turbo_run);
    g_test_add_func("/retry/another-verdict-is-error", another_verdict_is_error);
    g_test_add_func("/retry/another-reason-or-log-is-error", another_reason_or_log_is_error);
    g_test_add_func("/retry/death-is-forgiven-once", death_is_forgiven_once);
    g_test_add_func("/retry/note-is-added-to-the-one-there-is", warning_is_added_to_the_one_there_is);
    g_test_add_func("/retry/second-death-is-error", second_death_is_error);
    g_test_add_func("/retry/death-before-and-in-a-check", death_before_and_in_a_check);
    return g_test_run();
}
