/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a driver has handed over: where the device may go, what is mapped twice, what was unmapped. */
#include <glib.h>

#include "mappings.h"

#define TO STUNT_DIR_TO_DEVICE
#define FROM STUNT_DIR_FROM_DEVICE
#define BOTH STUNT_DIR_BIDIRECTIONAL

static struct stunt_mapping made(uint64_t addr, uint64_t phys, uint32_t len, uint8_t direction)
{
    return (struct stunt_mapping){
        .addr = addr, .phys = phys, .len = len, .phys_len = len, .direction = direction
    };
}

static void map(struct stunt_mappings *set, struct stunt_mapping mapping)
{
    g_assert_true(stunt_mapping_valid(&mapping));
    g_assert_true(stunt_mappings_add(set, &mapping));
}

static void unmap(struct stunt_mappings *set, struct stunt_mapping like, enum stunt_unmapped answer)
{
    g_assert_cmpint(stunt_mappings_remove(set, &like), ==, answer);
}

static void check_access(const struct stunt_mappings *set, uint64_t addr, uint64_t len, bool write,
                         enum stunt_access access, uint64_t where)
{
    uint64_t at = 0;

    g_assert_cmpint(stunt_mappings_access(set, addr, len, write, &at), ==, access);
    if (access != STUNT_ACCESS_OK) {
        g_assert_cmphex(at, ==, where);
    }
}

static void test_access(void)
{
    struct stunt_mappings set = { 0 };

    map(&set, made(0x1000, 0x1000, 0x1000, TO));
    map(&set, made(0x4000, 0x4000, 0x1000, FROM));
    map(&set, made(0x8000, 0x8000, 0x1000, BOTH));
    check_access(&set, 0x1000, 0x1000, false, STUNT_ACCESS_OK, 0);
    check_access(&set, 0x1800, 4, true, STUNT_ACCESS_DIRECTION, 0x1800);
    check_access(&set, 0x4000, 0x1000, true, STUNT_ACCESS_OK, 0);
    check_access(&set, 0x4000, 4, false, STUNT_ACCESS_DIRECTION, 0x4000);
    check_access(&set, 0x8000, 0x1000, true, STUNT_ACCESS_OK, 0);
    check_access(&set, 0x8000, 0x1000, false, STUNT_ACCESS_OK, 0);
    check_access(&set, 0x8ff0, 0x20, false, STUNT_ACCESS_UNMAPPED, 0x9000);
    unmap(&set, made(0x1000, 0x1000, 0x1000, TO), STUNT_UNMAPPED_OK);
    check_access(&set, 0x1000, 4, false, STUNT_ACCESS_AFTER_UNMAP, 0x1000);
    check_access(&set, 0x0ffc, 4, false, STUNT_ACCESS_UNMAPPED, 0x0ffc);
    stunt_mappings_clear(&set);
}

static void test_twice(void)
{
    struct stunt_mappings set = { 0 };
    struct stunt_mapping again = made(0x20000, 0x1000, 0x1000, TO);
    uint64_t at = 0;

    map(&set, made(0x10000, 0x1000, 0x1000, TO));
    g_assert_false(stunt_mappings_twice(&set, &again, &at));
    again.direction = FROM;
    g_assert_true(stunt_mappings_twice(&set, &again, &at));
    g_assert_cmphex(at, ==, 0x1000);
    again.direction = BOTH;
    g_assert_true(stunt_mappings_twice(&set, &again, &at));
    again.phys_len = 0;
    g_assert_false(stunt_mappings_twice(&set, &again, &at));
    again = made(0x20000, 0x2000, 0x1000, FROM);
    g_assert_false(stunt_mappings_twice(&set, &again, &at));
    stunt_mappings_clear(&set);
}

/* Of two mappings at one address the right one goes. */
static void test_the_like_goes(void)
{
    struct stunt_mappings set = { 0 };

    map(&set, made(0x1000, 0x1000, 0x1000, TO));
    map(&set, made(0x1000, 0x1000, 0x2000, FROM));
    unmap(&set, made(0x1000, 0, 0x2000, FROM), STUNT_UNMAPPED_OK);
    check_access(&set, 0x1000, 0x1000, false, STUNT_ACCESS_OK, 0);
    check_access(&set, 0x1000, 1, true, STUNT_ACCESS_DIRECTION, 0x1000);
    unmap(&set, made(0x1000, 0, 4, BOTH), STUNT_UNMAPPED_OK); /* a wrong length takes all of it */
    g_assert_cmpint(set.n, ==, 0);
    g_assert_cmpuint(set.phys.n, ==, 0);
    unmap(&set, made(0x1000, 0, 0x1000, TO), STUNT_UNMAPPED_UNKNOWN);
    stunt_mappings_clear(&set);
}

/* Where an IOMMU has joined pieces there is more memory than there are addresses. */
static void test_memory_without_an_address(void)
{
    struct stunt_mappings set = { 0 };
    struct stunt_mapping bare = { .phys = 0x5000, .phys_len = 0x1000, .direction = FROM };
    struct stunt_mapping again = made(0x90000, 0x5800, 0x10, TO);
    uint64_t at = 0;

    map(&set, bare);
    g_assert_true(stunt_mappings_twice(&set, &again, &at));
    check_access(&set, 0x5000, 1, true, STUNT_ACCESS_UNMAPPED, 0x5000);
    unmap(&set, made(0x5000, 0x5000, 0x1000, FROM), STUNT_UNMAPPED_UNKNOWN);
    unmap(&set, bare, STUNT_UNMAPPED_OK);
    check_access(&set, 0x5000, 1, true, STUNT_ACCESS_UNMAPPED, 0x5000);
    g_assert_false(stunt_mappings_twice(&set, &again, &at));
    stunt_mappings_clear(&set);
}

static void test_drop(void)
{
    struct stunt_mappings set = { 0 };

    map(&set, made(0x1000, 0x1000, 0x1000, BOTH));
    stunt_mappings_drop(&set);
    g_assert_cmpint(set.n, ==, 0);
    check_access(&set, 0x1000, 1, true, STUNT_ACCESS_AFTER_UNMAP, 0x1000);
    stunt_mappings_clear(&set);
    check_access(&set, 0x1000, 1, true, STUNT_ACCESS_UNMAPPED, 0x1000);
}

static void test_memory_of_the_past_is_bounded(void)
{
    struct stunt_mappings set = { 0 };

    for (unsigned i = 0; i <= STUNT_MAPPINGS_RECENT; i++) {
        struct stunt_mapping mapping = made(0x1000u * (i + 1), 0x1000u * (i + 1), 0x1000, TO);

        map(&set, mapping);
        unmap(&set, mapping, STUNT_UNMAPPED_OK);
    }
    check_access(&set, 0x1000, 1, false, STUNT_ACCESS_UNMAPPED, 0x1000);
    check_access(&set, 0x2000, 1, false, STUNT_ACCESS_AFTER_UNMAP, 0x2000);
    stunt_mappings_clear(&set);
}

static void test_valid(void)
{
    static const struct stunt_mapping bad[] = {
        { .addr = 1, .phys = 1 },
        { .addr = UINT64_MAX, .len = 2 },
        { .phys = UINT64_MAX - 10, .phys_len = 12 },
        { .addr = 1, .len = 1, .direction = STUNT_DIR_FROM_DEVICE + 1 },
    };
    struct stunt_mapping good = { .addr = UINT64_MAX, .len = 1 };

    g_assert_true(stunt_mapping_valid(&good));
    for (unsigned i = 0; i < G_N_ELEMENTS(bad); i++) {
        g_assert_false(stunt_mapping_valid(&bad[i]));
    }
}

static void test_limit(void)
{
    struct stunt_mappings set = { 0 };
    struct stunt_mapping mapping = made(0x1000, 0x1000, 0x1000, TO);

    for (unsigned i = 0; i < STUNT_MAPPINGS_MAX; i++) {
        g_assert_true(stunt_mappings_add(&set, &mapping));
    }
    g_assert_false(stunt_mappings_add(&set, &mapping));
    g_assert_cmpint(set.n, ==, STUNT_MAPPINGS_MAX);
    g_assert_cmpuint(set.dma.n, ==, 1);
    g_assert_cmpuint(set.dma.span[0].count, ==, STUNT_MAPPINGS_MAX);
    stunt_mappings_clear(&set);
}

static void test_rebuild_refuses(void)
{
    struct stunt_mappings set = { 0 };

    map(&set, made(0x1000, 0x1000, 0x1000, TO));
    map(&set, made(0x3000, 0x3000, 0x1000, FROM));
    g_assert_true(stunt_mappings_rebuild(&set));
    check_access(&set, 0x3000, 0x1000, true, STUNT_ACCESS_OK, 0);
    set.mapping[0].addr = 0x5000;
    g_assert_false(stunt_mappings_rebuild(&set));
    set.mapping[0].addr = 0x1000;
    set.mapping[1].direction = 7;
    g_assert_false(stunt_mappings_rebuild(&set));
    set.mapping[1].direction = FROM;
    set.next_recent = STUNT_MAPPINGS_RECENT;
    g_assert_false(stunt_mappings_rebuild(&set));
    stunt_mappings_clear(&set);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/mappings/access", test_access);
    g_test_add_func("/mappings/twice", test_twice);
    g_test_add_func("/mappings/the-like-goes", test_the_like_goes);
    g_test_add_func("/mappings/memory-without-an-address", test_memory_without_an_address);
    g_test_add_func("/mappings/drop", test_drop);
    g_test_add_func("/mappings/memory-of-the-past-is-bounded", test_memory_of_the_past_is_bounded);
    g_test_add_func("/mappings/valid", test_valid);
    g_test_add_func("/mappings/limit", test_limit);
    g_test_add_func("/mappings/rebuild-refuses", test_rebuild_refuses);
    return g_test_run();
}
