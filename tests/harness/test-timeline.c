/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "stunt/events.h"
#include "stunt/timeline.h"

static StuntTimeline *timeline;

static struct stunt_event event_of(guint64 seq, guint16 class_id, guint64 f0, guint64 f1)
{
    return (
        struct stunt_event){ .seq = seq, .time_ns = seq * 1000, .class_id = class_id, .field = { f0, f1 } };
}

static void append(struct stunt_event event)
{
    stunt_timeline_append(timeline, &event, 1);
}

static void check_text(const char *expected)
{
    gsize len;
    g_autofree char *text = stunt_timeline_to_text(timeline, &len);

    g_assert_cmpstr(text, ==, expected);
    g_assert_cmpuint(len, ==, strlen(expected));
}

static void test_golden(void)
{
    struct stunt_event event = event_of(42, STUNT_EV_IRQ_RAISE, 1, 2);

    stunt_timeline_set_device(timeline, 0, "dma0", "dma");
    event.time_ns = 1234567890;
    event.rule = 1;
    append(event);
    append(event_of(43, STUNT_EV_MMIO_WRITE, 0x1c, 4));
    event = event_of(44, STUNT_EV_FAULT, 1, STUNT_ACT_DROP);
    event.device = 9;
    append(event);
    append(event_of(45, 200, 7, 0));
    check_text("     1.234567890  #000042  dma0  irq.raise  vector=1 mode=2  rule=1\n"
               "     0.000043000  #000043  dma0  mmio.write  offset=0x1c size=4 value=0x0\n"
               "     0.000044000  #000044  ?  fault  rule=1 action=drop count=0 event=0\n"
               "     0.000045000  #000045  dma0  class-200  f0=7 f1=0 f2=0 f3=0 f4=0\n");
}

static void test_one_event_is_its_line(void)
{
    struct stunt_event event = event_of(1, STUNT_EV_LINK_ASK, 64, 0);
    g_autofree char *line = stunt_timeline_format_event(timeline, &event);

    g_assert_cmpstr(line, ==, "     0.000001000  #000001  ?  link.ask  len=64");
}

static void test_notes_stand_between_events(void)
{
    stunt_timeline_set_device(timeline, 0, "link", "link");
    stunt_timeline_note(timeline, 5, "boot", "first");
    append(event_of(1, STUNT_EV_LINK_ASK, 8, 0));
    stunt_timeline_note(timeline, 1000, "output", "two\nlines");
    stunt_timeline_note(timeline, 1000, "step", "");
    append(event_of(2, STUNT_EV_LINK_ASK, 8, 0));
    check_text("     0.000000005  -------  boot  first\n"
               "     0.000001000  #000001  link  link.ask  len=8\n"
               "     0.000001000  -------  output  two\\x0alines\n"
               "     0.000001000  -------  step  \n"
               "     0.000002000  #000002  link  link.ask  len=8\n");
}

static void check_tail(guint n, const char *expected)
{
    g_autofree char *tail = stunt_timeline_tail(timeline, n);

    g_assert_cmpstr(tail, ==, expected);
}

static void test_tail(void)
{
    check_tail(3, "");
    append(event_of(1, STUNT_EV_LINK_ASK, 8, 0));
    stunt_timeline_note(timeline, 1000, "a", "x");
    append(event_of(2, STUNT_EV_LINK_ASK, 8, 0));
    stunt_timeline_note(timeline, 2000, "b", "y");
    check_tail(0, "");
    check_tail(1, "     0.000002000  -------  b  y\n");
    check_tail(3, "     0.000001000  -------  a  x\n"
                  "     0.000002000  #000002  ?  link.ask  len=8\n"
                  "     0.000002000  -------  b  y\n");
    check_tail(100, "     0.000001000  #000001  ?  link.ask  len=8\n"
                    "     0.000001000  -------  a  x\n"
                    "     0.000002000  #000002  ?  link.ask  len=8\n"
                    "     0.000002000  -------  b  y\n");
}

static void test_query(void)
{
    StuntEventQuery query = { .device = -1, .class_id = STUNT_EV_IRQ_RAISE };
    gsize first = 99;

    for (guint i = 0; i < 100; i++) {
        struct stunt_event event =
            event_of(i + 1, i % 2 ? STUNT_EV_IRQ_RAISE : STUNT_EV_MMIO_READ, i, i / 10);

        event.device = i % 4;
        append(event);
    }
    g_assert_cmpuint(stunt_timeline_count(timeline, &query, &first), ==, 50);
    g_assert_cmpuint(first, ==, 1);
    query.device = 3;
    g_assert_cmpuint(stunt_timeline_count(timeline, &query, NULL), ==, 25);
    query.from = 50;
    g_assert_cmpuint(stunt_timeline_count(timeline, &query, &first), ==, 13);
    g_assert_cmpuint(first, ==, 51);

    query = (StuntEventQuery){
        .device = -1, .class_id = -1, .used = 1 << 1, .value = { 0, 0x16 }, .mask = { 0, 0xf }
    };
    g_assert_cmpuint(stunt_timeline_count(timeline, &query, &first), ==,
                     10); /* field 1 is 6, above the mask aside */
    g_assert_cmpuint(first, ==, 60);
    query.value[1] = 0xf;
    first = 7;
    g_assert_cmpuint(stunt_timeline_count(timeline, &query, &first), ==, 0);
    g_assert_cmpuint(first, ==, 7); /* untouched */
}

static guint64 count_since(guint64 since, gsize from, gsize *ret_first)
{
    StuntEventQuery query = {.device = -1, .class_id = -1, .since = since, .from = from};

    return stunt_timeline_count(timeline, &query, ret_first);
}

static void append_numbers(guint64 from, guint64 to)
{
    for (guint64 seq = from; seq <= to; seq++) {
        append(event_of(seq, STUNT_EV_MMIO_READ, seq, 0));
    }
}

static void test_since_is_a_number(void)
{
    gsize first;

    append_numbers(101, 110); /* as after a start from a saved machine */
    g_assert_cmpuint(count_since(105, 0, &first), ==, 5);
    g_assert_cmpuint(first, ==, 5);
    g_assert_cmpuint(count_since(0, 0, NULL), ==, 10);
    g_assert_cmpuint(count_since(110, 0, NULL), ==, 0);
    g_assert_cmpuint(stunt_timeline_last_seq(timeline), ==, 110);
}

static void test_hidden_events_stay_in_the_log(void)
{
    g_autofree char *before = NULL;
    gsize len, first;

    append_numbers(1, 10);
    before = stunt_timeline_to_text(timeline, &len);
    stunt_timeline_hide(timeline, 4);
    check_text(before);
    g_assert_cmpuint(stunt_timeline_events(timeline), ==, 10);
    g_assert_cmpuint(count_since(0, 0, NULL), ==, 4);
    g_assert_cmpuint(count_since(0, 7, NULL), ==, 0); /* from the middle of what is hidden */
    g_assert_cmpuint(stunt_timeline_last_seq(timeline), ==, 4);
    append_numbers(5, 6); /* the numbers again */
    g_assert_cmpuint(count_since(4, 0, &first), ==, 2);
    g_assert_cmpuint(first, ==, 10);
    g_assert_cmpuint(count_since(0, 2, NULL), ==, 4);
    g_assert_cmpuint(stunt_timeline_last_seq(timeline), ==, 6);
}

/* 1 2 [3 4] 3 [4 5 6] 4: a way given up behind a second mark, and another, then all back to the first. */
static void test_hiding_again_and_around(void)
{
    append_numbers(1, 4);
    stunt_timeline_hide(timeline, 2);
    append_numbers(3, 6);
    stunt_timeline_hide(timeline, 5);
    append_numbers(4, 4);
    g_assert_cmpuint(count_since(0, 0, NULL), ==, 4);
    stunt_timeline_hide(timeline, 9); /* nothing came since */
    g_assert_cmpuint(count_since(0, 0, NULL), ==, 4);
    g_assert_cmpuint(stunt_timeline_last_seq(timeline), ==, 4);
    stunt_timeline_hide(timeline, 3); /* from the middle of what is hidden */
    g_assert_cmpuint(count_since(0, 0, NULL), ==, 2);
    g_assert_cmpuint(stunt_timeline_last_seq(timeline), ==, 2);
    append_numbers(3, 3);
    g_assert_cmpuint(count_since(0, 0, NULL), ==, 3);
    stunt_timeline_hide(timeline, 0);
    g_assert_cmpuint(count_since(0, 0, NULL), ==, 0);
    g_assert_cmpuint(stunt_timeline_last_seq(timeline), ==, 0);
}

static void test_nothing_has_no_number(void)
{
    g_assert_cmpuint(stunt_timeline_last_seq(timeline), ==, 0);
    stunt_timeline_hide(timeline, 0);
    append_numbers(1, 1);
    g_assert_cmpuint(count_since(0, 0, NULL), ==, 1);
}

static void test_device_names(void)
{
    g_assert_cmpstr(stunt_timeline_device_name(timeline, 3), ==, "?");
    g_assert_cmpint(stunt_timeline_device_index(timeline, "dma0"), ==, -1);
    stunt_timeline_set_device(timeline, 3, "dma0", "dma");
    g_assert_cmpstr(stunt_timeline_device_name(timeline, 3), ==, "dma0");
    g_assert_cmpint(stunt_timeline_device_index(timeline, "dma0"), ==, 3);
    stunt_timeline_set_device(timeline, 3, "uart0", "uart");
    g_assert_cmpstr(stunt_timeline_device_name(timeline, 3), ==, "uart0");
    g_assert_cmpstr(stunt_timeline_device_name(timeline, 100000), ==, "?");
}

/* Blocks of any size end up in order, over the borders of what is stored together. */
static void test_many_events(void)
{
    enum { N = 300000 };
    g_autofree struct stunt_event *block = g_new(struct stunt_event, N);
    gsize at = 0;

    for (guint i = 0; i < N; i++) {
        block[i] = event_of(i + 1, STUNT_EV_MMIO_READ, i, 0);
    }
    for (gsize size = 1; at < N; size = size * 3 + 1) {
        gsize part = MIN(size, N - at);

        stunt_timeline_append(timeline, block + at, part);
        at += part;
    }
    g_assert_cmpuint(stunt_timeline_events(timeline), ==, N);
    for (guint i = 0; i < N; i++) {
        g_assert_cmpuint(stunt_timeline_event(timeline, i)->seq, ==, i + 1);
    }
}

static void with_timeline(gconstpointer data)
{
    void (*test)(void) = (void (*)(void))data;

    timeline = stunt_timeline_new();
    test();
    stunt_timeline_free(timeline);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_data_func("/timeline/golden", (gconstpointer)test_golden, with_timeline);
    g_test_add_data_func("/timeline/one-event-is-its-line", (gconstpointer)test_one_event_is_its_line,
                         with_timeline);
    g_test_add_data_func("/timeline/notes-stand-between-events",
                         (gconstpointer)test_notes_stand_between_events, with_timeline);
    g_test_add_data_func("/timeline/tail", (gconstpointer)test_tail, with_timeline);
    g_test_add_data_func("/timeline/query", (gconstpointer)test_query, with_timeline);
    g_test_add_data_func("/timeline/since-is-a-number", (gconstpointer)test_since_is_a_number, with_timeline);
    g_test_add_data_func("/timeline/hidden-events-stay-in-the-log",
                         (gconstpointer)test_hidden_events_stay_in_the_log, with_timeline);
    g_test_add_data_func("/timeline/hiding-again-and-around", (gconstpointer)test_hiding_again_and_around,
                         with_timeline);
    g_test_add_data_func("/timeline/nothing-has-no-number", (gconstpointer)test_nothing_has_no_number,
                         with_timeline);
    g_test_add_data_func("/timeline/device-names", (gconstpointer)test_device_names, with_timeline);
    g_test_add_data_func("/timeline/many-events", (gconstpointer)test_many_events, with_timeline);
    return g_test_run();
}
