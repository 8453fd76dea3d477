/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "regs.h"

#include <glib.h>
#include <string.h>

/* Offsets of a made-up device: two single registers, then two interleaved arrays, then the rest. */
enum { ID = 0x00, CTRL = 0x04, CH_A = 0x10, CH_B = 0x14, STATUS = 0x40, BELL = 0x44, BIG = 0x100 };
enum { N_CHANNELS = 3, N_INFO = 7, N_VALUES = 2 + 2 * N_CHANNELS + 3 };

static const struct stunt_reg_info table[N_INFO] = {
    { .name = "ID", .offset = ID, .count = 1, .first = 0, .reset = 0x11223344 },
    { .name = "CTRL", .offset = CTRL, .count = 1, .first = 1, .reset = 0x2, .rw = 0x6, .w1s = 0x1,
      .reserved = 0xfffffff0, .side_effect = true },
    { .name = "CH_A", .offset = CH_A, .count = N_CHANNELS, .stride = 8, .first = 2, .reset = 7, .rw = 0xff },
    { .name = "CH_B", .offset = CH_B, .count = N_CHANNELS, .stride = 8, .first = 5, .rw = 0xffffffff },
    { .name = "STATUS", .offset = STATUS, .count = 1, .first = 8, .reset = 0, .rw = 0xf0, .w1c = 0x0f,
      .is_volatile = true },
    { .name = "BELL", .offset = BELL, .count = 1, .first = 9, .wo = 0xffff, .reserved = 0xffff0000 },
    { .name = "BIG", .offset = BIG, .count = 1, .first = 10, .reset = 0xffffffff, .rw = 0xffffffff },
};

struct fixture {
    uint32_t value[N_VALUES + 1]; /* the last is a canary */
    struct stunt_regs regs;
};

static void set_up(struct fixture *f, gconstpointer data)
{
    memset(f->value, 0xa5, sizeof(f->value));
    stunt_regs_init(&f->regs, table, N_INFO, f->value);
    stunt_regs_reset(&f->regs);
}

static void tear_down(struct fixture *f, gconstpointer data)
{
    g_assert_cmphex(f->value[N_VALUES], ==, 0xa5a5a5a5);
}

static uint32_t read32(struct fixture *f, uint64_t offset)
{
    return stunt_regs_read(&f->regs, offset, 4).value;
}

static struct stunt_reg_access write32(struct fixture *f, uint64_t offset, uint32_t value)
{
    return stunt_regs_write(&f->regs, offset, 4, value);
}

static void test_values_needed(struct fixture *f, gconstpointer data)
{
    g_assert_cmpuint(stunt_regs_values(table, N_INFO), ==, N_VALUES);
    g_assert_cmpuint(f->regs.n_values, ==, N_VALUES);
}

static void test_reset_values(struct fixture *f, gconstpointer data)
{
    g_assert_cmphex(read32(f, ID), ==, 0x11223344);
    g_assert_cmphex(read32(f, CTRL), ==, 2);
    for (unsigned i = 0; i < N_CHANNELS; i++) {
        g_assert_cmphex(read32(f, CH_A + 8 * i), ==, 7);
        g_assert_cmphex(read32(f, CH_B + 8 * i), ==, 0);
    }
    g_assert_cmphex(read32(f, BIG), ==, 0xffffffff);
}

static void test_init_does_not_reset(struct fixture *f, gconstpointer data)
{
    write32(f, BIG, 1);
    stunt_regs_init(&f->regs, table, N_INFO, f->value);
    g_assert_cmphex(read32(f, BIG), ==, 1);
}

static void test_reset_of_one_element(struct fixture *f, gconstpointer data)
{
    for (unsigned i = 0; i < N_CHANNELS; i++) {
        write32(f, CH_A + 8 * i, 0x80 + i);
        write32(f, CH_B + 8 * i, 0x90 + i);
    }
    write32(f, BIG, 3);
    stunt_regs_reset_element(&f->regs, N_CHANNELS, 1);
    g_assert_cmphex(read32(f, CH_A + 8), ==, 7);
    g_assert_cmphex(read32(f, CH_B + 8), ==, 0);
    g_assert_cmphex(read32(f, CH_A), ==, 0x80);
    g_assert_cmphex(read32(f, CH_B + 16), ==, 0x92);
    g_assert_cmphex(read32(f, BIG), ==, 3);
}

static void test_reset_of_no_element(struct fixture *f, gconstpointer data)
{
    write32(f, CH_A, 1);
    stunt_regs_reset_element(&f->regs, N_CHANNELS, N_CHANNELS);
    stunt_regs_reset_element(&f->regs, N_CHANNELS + 1, 0);
    g_assert_cmphex(read32(f, CH_A), ==, 1);
}

static void test_rw_bits_take_the_value(struct fixture *f, gconstpointer data)
{
    struct stunt_reg_access access = write32(f, CH_A + 16, 0xffffff5a);

    g_assert_true(access.info == &table[2]);
    g_assert_cmpuint(access.index, ==, 2);
    g_assert_cmphex(access.old, ==, 7);
    g_assert_cmphex(access.value, ==, 0x5a);
    g_assert_cmpint(access.misuse, ==, STUNT_REG_OK);
    g_assert_cmphex(read32(f, CH_A + 16), ==, 0x5a);
}

static void test_ro_register_keeps_its_value(struct fixture *f, gconstpointer data)
{
    struct stunt_reg_access access = write32(f, ID, 0);

    g_assert_cmpint(access.misuse, ==, STUNT_REG_RO_WRITE);
    g_assert_true(access.info == &table[0]);
    g_assert_cmphex(access.value, ==, 0x11223344);
    g_assert_cmphex(read32(f, ID), ==, 0x11223344);
}

static void test_ro_bits_among_others_are_silent(struct fixture *f, gconstpointer data)
{
    /* bit 3 of CTRL is neither writable nor reserved */
    struct stunt_reg_access access = write32(f, CTRL, 0x8);

    g_assert_cmpint(access.misuse, ==, STUNT_REG_OK);
    g_assert_cmphex(access.value, ==, 0);
}

static void test_w1c(struct fixture *f, gconstpointer data)
{
    stunt_regs_set(&f->regs, STATUS, 0, 0xff);
    g_assert_cmphex(write32(f, STATUS, 0xf5).value, ==, 0xfa);
    g_assert_cmphex(write32(f, STATUS, 0xf0).value, ==, 0xfa);
    g_assert_cmphex(write32(f, STATUS, 0x0f).value, ==, 0x00);
}

static void test_w1s_is_requested_and_reads_as_zero(struct fixture *f, gconstpointer data)
{
    struct stunt_reg_access access = write32(f, CTRL, 0x5);

    g_assert_cmphex(access.requested, ==, 0x1);
    g_assert_cmphex(access.value, ==, 0x4);
    g_assert_cmphex(read32(f, CTRL), ==, 0x4);
    g_assert_cmphex(write32(f, CTRL, 0x4).requested, ==, 0);
}

static void test_wo_is_passed_on_and_reads_as_zero(struct fixture *f, gconstpointer data)
{
    struct stunt_reg_access access = write32(f, BELL, 0x1234);

    g_assert_cmphex(access.requested, ==, 0x1234);
    g_assert_cmpint(access.misuse, ==, STUNT_REG_OK);
    g_assert_cmphex(read32(f, BELL), ==, 0);
    stunt_regs_set(&f->regs, BELL, 0, 0xffffffff);
    g_assert_cmphex(read32(f, BELL), ==, 0xffff0000);
}

static void test_reserved_bit_is_misuse_and_stays_zero(struct fixture *f, gconstpointer data)
{
    struct stunt_reg_access access = write32(f, CTRL, 0x14);

    g_assert_cmpint(access.misuse, ==, STUNT_REG_RESERVED_WRITE);
    g_assert_cmphex(access.value, ==, 0x4); /* the other bits are taken */
    g_assert_cmpint(write32(f, BELL, 0x10000).misuse, ==, STUNT_REG_RESERVED_WRITE);
}

static void check_bad(struct fixture *f, uint64_t offset, unsigned size)
{
    uint32_t before[N_VALUES];
    struct stunt_reg_access got = stunt_regs_read(&f->regs, offset, size);
    struct stunt_reg_access put;

    memcpy(before, f->value, sizeof(before));
    put = stunt_regs_write(&f->regs, offset, size, 0xffffffff);
    g_assert_cmpint(got.misuse, ==, STUNT_REG_BAD_ACCESS);
    g_assert_cmpint(put.misuse, ==, STUNT_REG_BAD_ACCESS);
    g_assert_null(got.info);
    g_assert_null(put.info);
    g_assert_cmphex(got.value, ==, 0);
    g_assert_cmphex(put.requested, ==, 0);
    g_assert_cmpmem(before, sizeof(before), f->value, sizeof(before));
}

static void test_wrong_sizes(struct fixture *f, gconstpointer data)
{
    static const unsigned size[] = { 0, 1, 2, 3, 5, 8, 16, UINT32_MAX };

    for (unsigned i = 0; i < G_N_ELEMENTS(size); i++) {
        check_bad(f, CTRL, size[i]);
    }
}

static void test_wrong_alignment(struct fixture *f, gconstpointer data)
{
    for (unsigned i = 1; i < 4; i++) {
        check_bad(f, CTRL + i, 4);
        check_bad(f, CH_A + 8 + i, 4);
    }
}

static void test_holes(struct fixture *f, gconstpointer data)
{
    static const uint64_t hole[] = { 0x08, 0x0c, 0x28, 0x2c, 0x3c, 0x48, 0xfc, 0x104, 0x1000,
                                     UINT64_C(0x100000000), UINT64_MAX - 3 };

    for (unsigned i = 0; i < G_N_ELEMENTS(hole); i++) {
        check_bad(f, hole[i], 4);
    }
}

static void test_each_element_has_its_own_value(struct fixture *f, gconstpointer data)
{
    for (unsigned i = 0; i < N_CHANNELS; i++) {
        g_assert_cmpuint(write32(f, CH_B + 8 * i, 100 + i).index, ==, i);
        write32(f, CH_A + 8 * i, 200 + i);
    }
    for (unsigned i = 0; i < N_CHANNELS; i++) {
        g_assert_cmpuint(read32(f, CH_B + 8 * i), ==, 100 + i);
        g_assert_cmpuint(read32(f, CH_A + 8 * i), ==, 200 + i);
        g_assert_cmpuint(stunt_regs_get(&f->regs, CH_B, i), ==, 100 + i);
    }
}

static void test_device_side_is_not_masked(struct fixture *f, gconstpointer data)
{
    stunt_regs_set(&f->regs, ID, 0, 5);
    stunt_regs_set(&f->regs, CH_A, 2, 0xabcdef01);
    g_assert_cmphex(read32(f, ID), ==, 5);
    g_assert_cmphex(read32(f, CH_A + 16), ==, 0xabcdef01);
    g_assert_cmphex(read32(f, CH_A + 8), ==, 7);
}

static void test_read_changes_nothing(struct fixture *f, gconstpointer data)
{
    uint32_t before[N_VALUES];

    memcpy(before, f->value, sizeof(before));
    for (uint64_t offset = 0; offset < 0x200; offset++) {
        stunt_regs_read(&f->regs, offset, 4);
    }
    g_assert_cmpmem(before, sizeof(before), f->value, sizeof(before));
}

static void test_empty_table(struct fixture *f, gconstpointer data)
{
    struct stunt_regs none;

    stunt_regs_init(&none, NULL, 0, NULL);
    stunt_regs_reset(&none);
    g_assert_cmpuint(none.n_values, ==, 0);
    g_assert_cmpint(stunt_regs_read(&none, 0, 4).misuse, ==, STUNT_REG_BAD_ACCESS);
}

int main(int argc, char **argv)
{
    static const struct {
        const char *name;
        void (*func)(struct fixture *f, gconstpointer data);
    } test[] = {
        { "/regs/values-needed-is-the-sum-of-all-counts", test_values_needed },
        { "/regs/reset/puts-every-value", test_reset_values },
        { "/regs/reset/init-alone-does-not", test_init_does_not_reset },
        { "/regs/reset/one-element-of-the-arrays", test_reset_of_one_element },
        { "/regs/reset/no-such-element-changes-nothing", test_reset_of_no_element },
        { "/regs/write/rw-bits-take-the-value", test_rw_bits_take_the_value },
        { "/regs/write/ro-register-is-misuse", test_ro_register_keeps_its_value },
        { "/regs/write/ro-bits-among-writable-ones-are-silent", test_ro_bits_among_others_are_silent },
        { "/regs/write/w1c-clears-only-written-ones", test_w1c },
        { "/regs/write/w1s-is-requested-and-reads-as-zero", test_w1s_is_requested_and_reads_as_zero },
        { "/regs/write/wo-is-passed-on-and-reads-as-zero", test_wo_is_passed_on_and_reads_as_zero },
        { "/regs/write/reserved-bit-is-misuse", test_reserved_bit_is_misuse_and_stays_zero },
        { "/regs/bad-access/size", test_wrong_sizes },
        { "/regs/bad-access/alignment", test_wrong_alignment },
        { "/regs/bad-access/holes", test_holes },
        { "/regs/array/each-element-has-its-own-value", test_each_element_has_its_own_value },
        { "/regs/device-side-is-not-masked", test_device_side_is_not_masked },
        { "/regs/read/changes-nothing", test_read_changes_nothing },
        { "/regs/empty-table", test_empty_table },
    };

    g_test_init(&argc, &argv, NULL);
    for (unsigned i = 0; i < G_N_ELEMENTS(test); i++) {
        g_test_add(test[i].name, struct fixture, NULL, set_up, test[i].func, tear_down);
    }
    return g_test_run();
}
