/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ring.h"

#include <glib.h>

#define MAX_LOG2 16
#define ALIGN 64

static struct stunt_ring ring_at(uint64_t base, uint32_t log2)
{
    return (struct stunt_ring){ .base = base, .log2 = log2, .entry_size = 64 };
}

static enum stunt_ring_error check(uint64_t base, uint32_t log2, unsigned width)
{
    struct stunt_ring ring = ring_at(base, log2);

    return stunt_ring_check(&ring, MAX_LOG2, ALIGN, width);
}

static void test_shape_ok(void)
{
    g_assert_cmpint(check(0x1000, 1, 64), ==, STUNT_RING_OK);
    g_assert_cmpint(check(0x1000, MAX_LOG2, 64), ==, STUNT_RING_OK);
    g_assert_cmpint(check(ALIGN, 4, 32), ==, STUNT_RING_OK);
}

static void test_size_is_bounded(void)
{
    g_assert_cmpint(check(0x1000, 0, 64), ==, STUNT_RING_BAD_SIZE);
    g_assert_cmpint(check(0x1000, MAX_LOG2 + 1, 64), ==, STUNT_RING_BAD_SIZE);
    g_assert_cmpint(check(0x1000, UINT32_MAX, 64), ==, STUNT_RING_BAD_SIZE);
}

static void test_size_never_exceeds_index_range(void)
{
    struct stunt_ring ring = ring_at(0x1000, 32);

    g_assert_cmpint(stunt_ring_check(&ring, 63, ALIGN, 64), ==, STUNT_RING_BAD_SIZE);
    ring.log2 = 31;
    g_assert_cmpint(stunt_ring_check(&ring, 63, ALIGN, 64), ==, STUNT_RING_OK);
}

static void test_base_null_and_misaligned(void)
{
    struct stunt_ring odd = ring_at(0x1001, 4);

    g_assert_cmpint(check(0, 4, 64), ==, STUNT_RING_NULL);
    g_assert_cmpint(check(0x1020, 4, 64), ==, STUNT_RING_MISALIGNED);
    g_assert_cmpint(check(0x1001, 4, 64), ==, STUNT_RING_MISALIGNED);
    g_assert_cmpint(stunt_ring_check(&odd, MAX_LOG2, 1, 64), ==, STUNT_RING_OK);
}

static void test_width_is_enforced_to_the_last_byte(void)
{
    /* 16 entries of 64 bytes: 1 KiB */
    g_assert_cmpint(check((UINT64_C(1) << 40) - 1024, 4, 40), ==, STUNT_RING_OK);
    g_assert_cmpint(check((UINT64_C(1) << 40) - 960, 4, 40), ==, STUNT_RING_TOO_WIDE);
    g_assert_cmpint(check(UINT64_C(1) << 40, 4, 40), ==, STUNT_RING_TOO_WIDE);
    g_assert_cmpint(check(UINT64_MAX - 1023, 4, 64), ==, STUNT_RING_OK);
    g_assert_cmpint(check(UINT64_MAX - 959, 4, 64), ==, STUNT_RING_TOO_WIDE);
}

static void test_tail_hands_over_at_most_the_ring(void)
{
    struct stunt_ring ring = ring_at(0x1000, 3);

    g_assert_cmpuint(stunt_ring_pending(&ring), ==, 0);
    g_assert_true(stunt_ring_set_tail(&ring, 8));
    g_assert_cmpuint(stunt_ring_pending(&ring), ==, 8);
    g_assert_false(stunt_ring_set_tail(&ring, 9));
    g_assert_cmpuint(ring.tail, ==, 8);
    ring.head = 1;
    g_assert_true(stunt_ring_set_tail(&ring, 9));
}

static void test_tail_never_goes_back(void)
{
    struct stunt_ring ring = ring_at(0x1000, 3);

    ring.head = 2;
    ring.tail = 5;
    g_assert_false(stunt_ring_set_tail(&ring, 4));
    g_assert_false(stunt_ring_set_tail(&ring, 1));
    g_assert_cmpuint(ring.tail, ==, 5);
    g_assert_true(stunt_ring_set_tail(&ring, 5));
    g_assert_cmpuint(stunt_ring_pending(&ring), ==, 3);
}

static void test_indices_wrap_at_32_bits(void)
{
    struct stunt_ring ring = ring_at(0x1000, 3);

    ring.head = ring.tail = UINT32_MAX - 1;
    g_assert_true(stunt_ring_set_tail(&ring, 4));
    g_assert_cmpuint(stunt_ring_pending(&ring), ==, 6);
    g_assert_false(stunt_ring_set_tail(&ring, 7));
    g_assert_false(stunt_ring_set_tail(&ring, UINT32_MAX));
    g_assert_true(stunt_ring_set_tail(&ring, 6));
    g_assert_cmphex(stunt_ring_addr(&ring, UINT32_MAX), ==, 0x1000 + 7 * 64);
    g_assert_cmphex(stunt_ring_addr(&ring, 0), ==, 0x1000);
}

static void test_address_uses_the_index_modulo_ring(void)
{
    struct stunt_ring ring = ring_at(UINT64_C(0x123456780000), 16);

    g_assert_cmphex(stunt_ring_addr(&ring, 0), ==, ring.base);
    g_assert_cmphex(stunt_ring_addr(&ring, 65535), ==, ring.base + UINT64_C(65535) * 64);
    g_assert_cmphex(stunt_ring_addr(&ring, 65536 + 3), ==, ring.base + 3 * 64);
}

static void test_phase_alternates_also_over_the_wrap(void)
{
    struct stunt_ring ring = ring_at(0x1000, 3);

    g_assert_cmpuint(stunt_ring_phase(&ring, 0), ==, 1);
    g_assert_cmpuint(stunt_ring_phase(&ring, 7), ==, 1);
    g_assert_cmpuint(stunt_ring_phase(&ring, 8), ==, 2);
    g_assert_cmpuint(stunt_ring_phase(&ring, 16), ==, 1);
    g_assert_cmpuint(stunt_ring_phase(&ring, UINT32_MAX), ==, 2);
    g_assert_cmpuint(stunt_ring_phase(&ring, UINT32_MAX + 1u), ==, 1);
    ring.log2 = 31;
    g_assert_cmpuint(stunt_ring_phase(&ring, UINT32_MAX), ==, 2);
}

static void test_nonsense_size_is_harmless(void)
{
    struct stunt_ring ring = ring_at(0x1000, UINT32_MAX);

    g_assert_cmpuint(stunt_ring_phase(&ring, UINT32_MAX), ==, 1);
    g_assert_cmphex(stunt_ring_addr(&ring, 2), ==, 0x1000 + 128);
    g_assert_true(stunt_ring_set_tail(&ring, UINT32_MAX));
}

static void test_fits_at_the_edges(void)
{
    g_assert_true(stunt_addr_fits(0, 1, 1));
    g_assert_true(stunt_addr_fits(1, 1, 1));
    g_assert_false(stunt_addr_fits(1, 2, 1));
    g_assert_true(stunt_addr_fits(0xffffffff, 1, 32));
    g_assert_false(stunt_addr_fits(0xffffffff, 2, 32));
    g_assert_false(stunt_addr_fits(UINT64_C(1) << 32, 1, 32));
    g_assert_true(stunt_addr_fits((UINT64_C(1) << 63) - 1, 1, 63));
    g_assert_false(stunt_addr_fits((UINT64_C(1) << 63) - 1, 2, 63));
}

static void test_fits_without_overflow(void)
{
    g_assert_true(stunt_addr_fits(0, UINT64_MAX, 64));
    g_assert_true(stunt_addr_fits(1, UINT64_MAX, 64));
    g_assert_false(stunt_addr_fits(2, UINT64_MAX, 64));
    g_assert_true(stunt_addr_fits(UINT64_MAX, 1, 64));
    g_assert_false(stunt_addr_fits(UINT64_MAX, 2, 64));
    g_assert_false(stunt_addr_fits(UINT64_MAX, UINT64_MAX, 64));
    g_assert_false(stunt_addr_fits(0x1000, UINT64_MAX, 40));
}

static void test_nothing_never_fits(void)
{
    g_assert_false(stunt_addr_fits(0, 0, 64));
    g_assert_false(stunt_addr_fits(0x1000, 0, 32));
}

static void test_overlap(void)
{
    g_assert_true(stunt_ranges_overlap(100, 10, 100, 10));
    g_assert_true(stunt_ranges_overlap(100, 10, 109, 1));
    g_assert_false(stunt_ranges_overlap(100, 10, 110, 1));
    g_assert_true(stunt_ranges_overlap(109, 1, 100, 10));
    g_assert_false(stunt_ranges_overlap(110, 1, 100, 10));
    g_assert_true(stunt_ranges_overlap(100, 1000, 500, 1));
}

static void test_overlap_without_overflow(void)
{
    g_assert_true(stunt_ranges_overlap(UINT64_MAX, 1, UINT64_MAX, 1));
    g_assert_true(stunt_ranges_overlap(0, UINT64_MAX, UINT64_MAX - 1, 5));
    g_assert_false(stunt_ranges_overlap(0, UINT64_MAX, UINT64_MAX, 5));
    g_assert_false(stunt_ranges_overlap(UINT64_MAX, UINT64_MAX, 0, 10));
    g_assert_false(stunt_ranges_overlap(100, 0, 100, 10));
    g_assert_false(stunt_ranges_overlap(100, 10, 105, 0));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/ring/check/accepts-the-allowed-shapes", test_shape_ok);
    g_test_add_func("/ring/check/size-is-bounded", test_size_is_bounded);
    g_test_add_func("/ring/check/size-never-exceeds-the-index-range", test_size_never_exceeds_index_range);
    g_test_add_func("/ring/check/base-null-and-misaligned", test_base_null_and_misaligned);
    g_test_add_func("/ring/check/width-is-enforced-to-the-last-byte",
                    test_width_is_enforced_to_the_last_byte);
    g_test_add_func("/ring/tail/hands-over-at-most-the-ring", test_tail_hands_over_at_most_the_ring);
    g_test_add_func("/ring/tail/never-goes-back", test_tail_never_goes_back);
    g_test_add_func("/ring/tail/wraps-at-32-bits", test_indices_wrap_at_32_bits);
    g_test_add_func("/ring/addr/uses-the-index-modulo-the-ring", test_address_uses_the_index_modulo_ring);
    g_test_add_func("/ring/phase/alternates-also-over-the-wrap", test_phase_alternates_also_over_the_wrap);
    g_test_add_func("/ring/nonsense-size-is-harmless", test_nonsense_size_is_harmless);
    g_test_add_func("/ring/fits/at-the-edges", test_fits_at_the_edges);
    g_test_add_func("/ring/fits/without-overflow", test_fits_without_overflow);
    g_test_add_func("/ring/fits/nothing-never-fits", test_nothing_never_fits);
    g_test_add_func("/ring/overlap/shares-a-byte", test_overlap);
    g_test_add_func("/ring/overlap/without-overflow", test_overlap_without_overflow);
    return g_test_run();
}
