/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "state-file.h"

#include <glib.h>
#include <string.h>

#define BUILD "0123abcd"

static struct stunt_bytes text(const char *string)
{
    return (struct stunt_bytes){(const uint8_t *)string, strlen(string)};
}

/* Pages 0, 5 and 0x1000000 - 1, the last: little-endian, as the file has them. */
static const uint8_t pages[] = {0, 0, 0, 0, 5, 0, 0, 0, 0xff, 0xff, 0xff, 0};

static struct stunt_state_file example(void)
{
    struct stunt_state_file file = {
        .machine = text("machine a\ndevice b"),
        .prelaunch = true,
        .ticks_prev = -2,
        .qtest_ns = INT64_C(0x123456789abcdef0),
        .reason = 1,
        .arg = 2,
        .stop_reason = 3,
        .stop_arg = 4,
        .stop_time_ns = UINT64_C(0xfedcba9876543210),
        .message = {text("tx"), text(""), text("dump")},
        .ram_name = "pc.ram",
        .ram_size = UINT64_C(1) << 36,
        .pages = {pages, sizeof(pages)},
        .devices = text("all devices"),
        .n_blocks = 2,
        .block = {{"pc.bios", 5, text("bios.")}, {"pc.rom", 3, text("rom")}},
    };

    return file;
}

static GByteArray *write_file(const struct stunt_state_file *file)
{
    GByteArray *content = g_byte_array_new();

    g_byte_array_set_size(content, (guint)stunt_state_file_write(file, BUILD, NULL, 0));
    g_assert_cmpuint(stunt_state_file_write(file, BUILD, content->data, content->len), ==, content->len);
    return content;
}

static GByteArray *write_example(void)
{
    struct stunt_state_file file = example();

    return write_file(&file);
}

/* "" when it can be read. */
static char *read_error(const uint8_t *data, size_t size, const char *build)
{
    struct stunt_state_file file;
    g_autofree uint8_t *exact = g_memdup2(data, size); /* so that valgrind sees a step outside */
    char why[200] = "";
    bool ok = stunt_state_file_read(exact, size, build, &file, why, sizeof(why));

    g_assert_true(ok == (why[0] == '\0'));
    return g_strdup(why);
}

static void check_bytes(struct stunt_bytes a, struct stunt_bytes b)
{
    g_assert_cmpmem(a.data, a.len, b.data, b.len);
}

static void test_round(void)
{
    struct stunt_state_file file = example(), read;
    g_autoptr(GByteArray) content = write_file(&file);
    char why[200] = "";

    g_assert_true(stunt_state_file_read(content->data, content->len, BUILD, &read, why, sizeof(why)));
    check_bytes(read.machine, file.machine);
    g_assert_true(read.prelaunch);
    g_assert_cmpint(read.ticks_prev, ==, file.ticks_prev);
    g_assert_cmpint(read.qtest_ns, ==, file.qtest_ns);
    g_assert_cmpuint(read.reason, ==, 1);
    g_assert_cmpuint(read.arg, ==, 2);
    g_assert_cmpuint(read.stop_reason, ==, 3);
    g_assert_cmpuint(read.stop_arg, ==, 4);
    g_assert_cmpuint(read.stop_time_ns, ==, file.stop_time_ns);
    for (unsigned area = 0; area < 3; area++) {
        check_bytes(read.message[area], file.message[area]);
    }
    g_assert_cmpstr(read.ram_name, ==, "pc.ram");
    g_assert_cmpuint(read.ram_size, ==, file.ram_size);
    check_bytes(read.devices, file.devices);
    g_assert_cmpuint(stunt_state_n_pages(&read), ==, 3);
    g_assert_cmpuint(stunt_state_page(&read, 0), ==, 0);
    g_assert_cmpuint(stunt_state_page(&read, 1), ==, 5);
    g_assert_cmpuint(stunt_state_page(&read, 2), ==, 0xffffff);
    g_assert_cmpuint(read.n_blocks, ==, 2);
    for (unsigned i = 0; i < 2; i++) {
        g_assert_cmpstr(read.block[i].name, ==, file.block[i].name);
        g_assert_cmpuint(read.block[i].size, ==, file.block[i].size);
        check_bytes(read.block[i].content, file.block[i].content);
    }
}

static void test_numbers_are_little_endian(void)
{
    static const uint8_t start[] = {7, 0, 0, 0, 0, 0, 0, 0, 's', 't', 'u', 'n', 't', 'v', 'm', 2, 0, 0, 0};
    g_autoptr(GByteArray) content = write_example();

    g_assert_cmpmem(content->data, sizeof(start), start, sizeof(start));
}

static void test_short_buffer_is_left_alone(void)
{
    struct stunt_state_file file = example();
    uint8_t buffer[16] = {0}, zero[16] = {0};

    g_assert_cmpuint(stunt_state_file_write(&file, BUILD, buffer, sizeof(buffer)), >, sizeof(buffer));
    g_assert_cmpmem(buffer, sizeof(buffer), zero, sizeof(zero));
}

static void test_every_cut(void)
{
    g_autoptr(GByteArray) content = write_example();

    for (guint len = 0; len < content->len; len++) {
        g_autofree char *why = read_error(content->data, len, BUILD);

        g_assert_true(g_str_has_prefix(why, "it ends in the middle of the "));
    }
}

static void test_too_long(void)
{
    g_autoptr(GByteArray) content = write_example();
    g_autofree char *why = NULL;

    g_byte_array_append(content, (const uint8_t *)"xyz", 3);
    why = read_error(content->data, content->len, BUILD);
    g_assert_cmpstr(why, ==, "there are 3 bytes too many behind its end");
}

static void test_other_build(void)
{
    g_autoptr(GByteArray) content = write_example();
    g_autofree char *why = read_error(content->data, content->len, "0123abce");

    g_assert_cmpstr(why, ==, "it was made by another build (0123abcd), this is 0123abce");
}

static void check_why(const struct stunt_state_file *file, const char *expected)
{
    g_autoptr(GByteArray) content = write_file(file);
    g_autofree char *why = read_error(content->data, content->len, BUILD);

    g_assert_cmpstr(why, ==, expected);
}

static void test_values(void)
{
    struct stunt_state_file reason = example(), stop_reason = example(), name = example(), none = example();
    struct stunt_state_file blocks = example();

    reason.reason = 8;
    check_why(&reason, "the reason of the stop is 8, and must be below 8");
    stop_reason.stop_reason = UINT32_MAX;
    check_why(&stop_reason, "the reason of the stop is 4294967295, and must be below 8");
    name.block[1].name[1] = '\n';
    check_why(&name, "the name of a memory block is not a name");
    none.ram_name[0] = '\0';
    check_why(&none, "the main memory's name is not a name");
    memset(blocks.block, 'x', sizeof(blocks.block[0].name) - 1); /* the longest */
    check_why(&blocks, "");
}

static void test_pages(void)
{
    static const char why[] = "the numbers of pages are not in order, or beyond main memory";
    uint8_t number[12];
    struct stunt_state_file file = example();

    for (uint32_t i = 0; i < 3; i++) {
        stunt_state_put_page(number + i * STUNT_STATE_PAGE_BYTES, 0x10203 + i);
    }
    file.pages = (struct stunt_bytes){number, sizeof(number)};
    check_why(&file, "");
    file.ram_size = UINT64_C(0x10205) * STUNT_STATE_PAGE; /* the last is beyond it */
    check_why(&file, why);
    file.ram_size++;
    check_why(&file, why);
    file.ram_size = UINT64_C(0x10206) * STUNT_STATE_PAGE;
    check_why(&file, "");
    stunt_state_put_page(number + 4, 0x10205); /* twice */
    check_why(&file, why);
    stunt_state_put_page(number + 4, 0x10202); /* backwards */
    check_why(&file, why);
    file.pages.len = 3;
    check_why(&file, why);
    file.pages.len = 0;
    check_why(&file, "");
}

/* A count, a length: nothing is believed. */
static void test_lengths(void)
{
    g_autoptr(GByteArray) content = write_example();

    for (guint at = 0; at + 8 <= content->len; at++) {
        g_autofree uint8_t *bad = g_memdup2(content->data, content->len);

        memset(bad + at, 0xff, 8);
        g_free(read_error(bad, content->len, BUILD)); /* refused or not, nothing outside is read */
    }
}

static void test_blocks_are_limited(void)
{
    g_autoptr(GByteArray) content = write_example();
    uint8_t *at = memmem(content->data, content->len, "all devices\2", 12);
    g_autofree char *why = NULL;

    g_assert_nonnull(at);
    at[11] = STUNT_STATE_BLOCKS_MAX + 1;
    why = read_error(content->data, content->len, BUILD);
    g_assert_cmpstr(why, ==, "the number of memory blocks is 65, and must be below 65");
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/state-file/what-is-written-is-read", test_round);
    g_test_add_func("/state-file/numbers-are-little-endian", test_numbers_are_little_endian);
    g_test_add_func("/state-file/short-buffer-is-left-alone", test_short_buffer_is_left_alone);
    g_test_add_func("/state-file/every-cut-is-refused", test_every_cut);
    g_test_add_func("/state-file/too-long", test_too_long);
    g_test_add_func("/state-file/other-build", test_other_build);
    g_test_add_func("/state-file/values", test_values);
    g_test_add_func("/state-file/pages", test_pages);
    g_test_add_func("/state-file/lengths", test_lengths);
    g_test_add_func("/state-file/blocks-are-limited", test_blocks_are_limited);
    return g_test_run();
}
