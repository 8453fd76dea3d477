/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Comparing event logs from the scenario's start on. */
#include "common.h"
#include "logs.h"
#include "stunt/timeline.h"

#define BOOT  "     0.100000000  #000001  link  link.boot\n"
#define START "     0.200000000  -------  start  seed=1\n"
#define EVENT "     0.300000000  #000002  dma0  irq.raise  vector=1 mode=2\n"
#define OTHER "     0.300000000  #000002  dma0  irq.raise  vector=2 mode=2\n"
#define LATER "     0.400000000  #000003  dma0  reset\n"
#define FAKE  "     0.050000000  -------  output    0.1  -------  start  not this one\n"
#define EARLY "     0.050000000  -------  started  nor this one\n"

static gboolean compare(const char *first, const char *other, StuntLogComparison *ret_comparison)
{
    g_autoptr(GBytes) a = first ? g_bytes_new_static(first, strlen(first)) : NULL;
    g_autoptr(GBytes) b = other ? g_bytes_new_static(other, strlen(other)) : NULL;

    return stunt_logs_compare(a, b, ret_comparison);
}

static void assert_equal(const char *first, const char *other, gsize len)
{
    g_auto(StuntLogComparison) logs = { 0 };

    g_assert_true(compare(first, other, &logs));
    g_assert_cmpuint(logs.equal_len, ==, len);
    g_assert_cmpuint(logs.line, ==, 0);
    g_assert_null(logs.first);
}

static void assert_differ(const char *first, const char *other, guint line, const char *first_line,
                          const char *other_line)
{
    g_auto(StuntLogComparison) logs = { 0 };

    g_assert_false(compare(first, other, &logs));
    g_assert_cmpuint(logs.line, ==, line);
    assert_has(logs.first, first_line);
    assert_has(logs.other, other_line);
    g_assert_null(strchr(logs.first, '\n'));
}

static void equal_logs(void)
{
    assert_equal(START EVENT, START EVENT, strlen(START EVENT));
    assert_equal("", "", 0);
    assert_equal(NULL, "", 0);
}

static void boot_is_left_out(void)
{
    assert_equal(BOOT EARLY START EVENT, START EVENT, strlen(START EVENT));
    assert_equal(START EVENT, FAKE BOOT START EVENT, strlen(START EVENT));
    assert_equal(FAKE BOOT START EVENT, BOOT START EVENT, strlen(START EVENT));
}

/* Lines are counted in the whole of the first log, for people who open it. */
static void first_difference_is_told(void)
{
    assert_differ(START EVENT LATER, START OTHER LATER, 2, "vector=1", "vector=2");
    assert_differ(FAKE BOOT START EVENT, START OTHER, 4, "vector=1", "vector=2");
    assert_differ(START EVENT, FAKE START OTHER, 2, "vector=1", "vector=2");
}

static void shorter_log_differs_at_its_end(void)
{
    assert_differ(START EVENT LATER, START EVENT, 3, "reset", "(the log ends)");
    assert_differ(START EVENT, BOOT START EVENT LATER, 3, "(the log ends)", "reset");
    assert_differ(START, "", 1, "start", "(the log ends)");
}

/* Logs of older versions do not say where the scenario starts. */
static void without_a_start_all_counts(void)
{
    assert_equal(BOOT EVENT, BOOT EVENT, strlen(BOOT EVENT));
    assert_differ(BOOT EVENT, EVENT, 1, "link.boot", "irq.raise");
    assert_differ(BOOT EVENT, BOOT START EVENT, 2, "irq.raise", "start");
}

/* The form of a note is the timeline's business: what it writes is what is found here. */
static void note_of_a_timeline_is_found(void)
{
    g_autoptr(StuntTimeline) timeline = stunt_timeline_new();
    g_autofree char *text = NULL;

    stunt_timeline_note(timeline, 1, "output", "x\n     0.000000001  -------  start  y");
    stunt_timeline_note(timeline, G_GUINT64_CONSTANT(12345678901234567890), "start", "seed=7");
    stunt_timeline_note(timeline, 3, "step", "z");
    text = stunt_timeline_to_text(timeline, NULL);
    assert_has(stunt_log_start(text), "start  seed=7\n");
    g_assert_null(strstr(stunt_log_start(text), "output"));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/logs/equal-logs", equal_logs);
    g_test_add_func("/logs/boot-is-left-out", boot_is_left_out);
    g_test_add_func("/logs/first-difference-is-told", first_difference_is_told);
    g_test_add_func("/logs/shorter-log-differs-at-its-end", shorter_log_differs_at_its_end);
    g_test_add_func("/logs/without-a-start-all-counts", without_a_start_all_counts);
    g_test_add_func("/logs/note-of-a-timeline-is-found", note_of_a_timeline_is_found);
    return g_test_run();
}
