/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Sets of address ranges: what is in them, and that their form depends on nothing else. */
#include <glib.h>

#include "spans.h"

static const struct stunt_span_use reads = { .read = true }, writes = { .write = true },
                                   both = { .read = true, .write = true };

static void put(struct stunt_spans *spans, uint64_t start, uint64_t len, struct stunt_span_use use)
{
    g_assert_true(stunt_spans_add(spans, start, len, use));
}

static void take(struct stunt_spans *spans, uint64_t start, uint64_t len, struct stunt_span_use use)
{
    g_assert_true(stunt_spans_remove(spans, start, len, use));
}

static void check_look(const struct stunt_spans *spans, uint64_t start, uint64_t len, struct stunt_span_use use,
                       enum stunt_spans_answer answer, uint64_t where)
{
    uint64_t at = 0;

    g_assert_cmpint(stunt_spans_look(spans, start, len, use, &at), ==, answer);
    if (answer != STUNT_SPANS_ALL) {
        g_assert_cmphex(at, ==, where);
    }
}

static void test_empty(void)
{
    struct stunt_spans spans = { 0 };
    uint64_t at;

    check_look(&spans, 0, 1, reads, STUNT_SPANS_NOT_IN, 0);
    check_look(&spans, UINT64_MAX, 1, writes, STUNT_SPANS_NOT_IN, UINT64_MAX);
    g_assert_false(stunt_spans_clash(&spans, 0, 4096, true, &at));
    stunt_spans_clear(&spans);
}

static void test_one_range(void)
{
    struct stunt_spans spans = { 0 };

    put(&spans, 0x1000, 0x100, reads);
    check_look(&spans, 0x1000, 0x100, reads, STUNT_SPANS_ALL, 0);
    check_look(&spans, 0x10ff, 1, reads, STUNT_SPANS_ALL, 0);
    check_look(&spans, 0xfff, 2, reads, STUNT_SPANS_NOT_IN, 0xfff);
    check_look(&spans, 0x10ff, 2, reads, STUNT_SPANS_NOT_IN, 0x1100);
    check_look(&spans, 0x1000, 1, writes, STUNT_SPANS_NOT_FOR, 0x1000);
    check_look(&spans, 0x1000, 1, both, STUNT_SPANS_NOT_FOR, 0x1000);
    take(&spans, 0x1000, 0x100, reads);
    g_assert_cmpuint(spans.n, ==, 0);
    stunt_spans_clear(&spans);
}

static void test_ends_of_the_address_space(void)
{
    struct stunt_spans spans = { 0 };

    put(&spans, 0, 1, writes);
    put(&spans, UINT64_MAX - 0xfff, 0x1000, writes);
    check_look(&spans, 0, 1, writes, STUNT_SPANS_ALL, 0);
    check_look(&spans, UINT64_MAX, 1, writes, STUNT_SPANS_ALL, 0);
    take(&spans, UINT64_MAX - 0xfff, 0x1000, writes);
    check_look(&spans, UINT64_MAX, 1, writes, STUNT_SPANS_NOT_IN, UINT64_MAX);
    check_look(&spans, 0, 2, writes, STUNT_SPANS_NOT_IN, 1);
    stunt_spans_clear(&spans);
}

/* Ranges that touch are looked through as one, and those that lie over each other are counted. */
static void test_neighbours_and_overlaps(void)
{
    struct stunt_spans spans = { 0 };

    put(&spans, 0x1000, 0x1000, reads);
    put(&spans, 0x2000, 0x1000, reads);
    g_assert_cmpuint(spans.n, ==, 1);
    put(&spans, 0x1800, 0x1000, writes);
    g_assert_cmpuint(spans.n, ==, 3);
    check_look(&spans, 0x1000, 0x2000, reads, STUNT_SPANS_ALL, 0);
    check_look(&spans, 0x1800, 0x1001, writes, STUNT_SPANS_NOT_FOR, 0x2800);
    check_look(&spans, 0x1800, 0x1000, both, STUNT_SPANS_ALL, 0);
    take(&spans, 0x1000, 0x1000, reads);
    check_look(&spans, 0x1800, 0x800, reads, STUNT_SPANS_NOT_FOR, 0x1800);
    check_look(&spans, 0x1000, 1, reads, STUNT_SPANS_NOT_IN, 0x1000);
    take(&spans, 0x1800, 0x1000, writes);
    g_assert_cmpuint(spans.n, ==, 1);
    check_look(&spans, 0x2000, 0x1000, reads, STUNT_SPANS_ALL, 0);
    stunt_spans_clear(&spans);
}

static void test_put_twice(void)
{
    struct stunt_spans spans = { 0 };

    put(&spans, 0x1000, 0x10, reads);
    put(&spans, 0x1000, 0x10, reads);
    take(&spans, 0x1000, 0x10, reads);
    check_look(&spans, 0x1000, 0x10, reads, STUNT_SPANS_ALL, 0);
    take(&spans, 0x1000, 0x10, reads);
    check_look(&spans, 0x1000, 0x10, reads, STUNT_SPANS_NOT_IN, 0x1000);
    stunt_spans_clear(&spans);
}

static void test_clash(void)
{
    struct stunt_spans spans = { 0 };
    uint64_t at = 0;

    put(&spans, 0x1000, 0x100, reads);
    put(&spans, 0x2000, 0x100, writes);
    g_assert_false(stunt_spans_clash(&spans, 0x1000, 0x100, false, &at));
    g_assert_true(stunt_spans_clash(&spans, 0xf00, 0x101, true, &at));
    g_assert_cmphex(at, ==, 0x1000);
    g_assert_true(stunt_spans_clash(&spans, 0x1000, 0x2000, false, &at));
    g_assert_cmphex(at, ==, 0x2000);
    g_assert_true(stunt_spans_clash(&spans, 0x2080, 1, false, &at));
    g_assert_cmphex(at, ==, 0x2080);
    g_assert_false(stunt_spans_clash(&spans, 0x1100, 0xf00, true, &at));
    stunt_spans_clear(&spans);
}

/* A full set refuses and keeps what it has. */
static void test_limit(void)
{
    struct stunt_spans spans = { 0 };
    uint64_t n = 0;

    while (stunt_spans_add(&spans, n * 16, 8, reads)) {
        n++;
    }
    g_assert_cmpuint(n, >, STUNT_SPANS_MAX / 2);
    g_assert_cmpuint(spans.n, ==, n);
    g_assert_cmpuint(spans.n, <=, STUNT_SPANS_MAX);
    check_look(&spans, n * 16, 1, reads, STUNT_SPANS_NOT_IN, n * 16);
    check_look(&spans, (n - 1) * 16, 8, reads, STUNT_SPANS_ALL, 0);
    stunt_spans_clear(&spans);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/spans/empty", test_empty);
    g_test_add_func("/spans/one-range", test_one_range);
    g_test_add_func("/spans/ends-of-the-address-space", test_ends_of_the_address_space);
    g_test_add_func("/spans/neighbours-and-overlaps", test_neighbours_and_overlaps);
    g_test_add_func("/spans/put-twice", test_put_twice);
    g_test_add_func("/spans/clash", test_clash);
    g_test_add_func("/spans/limit", test_limit);
    return g_test_run();
}
