/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The agent's pure parts on the host: records, requests, modules.dep. */
#include <errno.h>
#include <glib.h>
#include <string.h>

#include "moddep.h"
#include "record.h"
#include "request.h"

/* ---- records */

static uint8_t buffer[1024];

static struct message new_message(size_t cap)
{
    memset(buffer, 0xee, sizeof(buffer));
    return (struct message){ .data = buffer, .cap = cap };
}

static void test_record_round_trip(void)
{
    struct message message = new_message(sizeof(buffer));
    struct record record;
    size_t pos = 0;

    for (size_t len = 0; len <= 17; len++) {
        g_assert_true(message_add(&message, 100 + len, 7 * len, -(int32_t)len, "0123456789abcdefg", len));
        g_assert_cmpuint(message.len % 8, ==, 0);
    }
    for (size_t len = 0; len <= 17; len++) {
        g_assert_cmpint(record_next(message.data, message.len, &pos, &record), ==, RECORD_OK);
        g_assert_cmpuint(record.type, ==, 100 + len);
        g_assert_cmpuint(record.id, ==, 7 * len);
        g_assert_cmpint(record.value, ==, -(int32_t)len);
        g_assert_cmpmem(record.payload, record.len, "0123456789abcdefg", len);
    }
    g_assert_cmpint(record_next(message.data, message.len, &pos, &record), ==, RECORD_END);
}

static void test_record_padding_is_zero(void)
{
    struct message message = new_message(sizeof(buffer));

    g_assert_true(message_add(&message, 1, 0, 0, "x", 1));
    g_assert_cmpuint(message.len, ==, 24);
    for (size_t i = 17; i < 24; i++)
        g_assert_cmpuint(message.data[i], ==, 0);
    g_assert_cmpuint(message.data[24], ==, 0xee);
}

static void test_record_full_message_is_unchanged(void)
{
    struct message message = new_message(48);

    g_assert_true(message_add(&message, 1, 0, 0, "12345678", 8));
    g_assert_false(message_add(&message, 2, 0, 0, "123456789", 9));
    g_assert_cmpuint(message.len, ==, 24);
    g_assert_true(message_add(&message, 2, 0, 0, "12345678", 8));
    g_assert_false(message_add(&message, 3, 0, 0, NULL, 0));
    g_assert_cmpuint(message.len, ==, 48);
    g_assert_cmpuint(message.data[48], ==, 0xee);
}

static void test_record_cut_anywhere(void)
{
    struct message message = new_message(sizeof(buffer));
    struct record record;

    g_assert_true(message_add(&message, 33, 5, 0, "0123456789", 10));
    for (size_t len = 1; len < message.len; len++) {
        size_t pos = 0;
        enum record_result result = record_next(message.data, len, &pos, &record);

        /* Without its padding it is still whole. */
        g_assert_cmpint(result, ==, len < 26 ? RECORD_CUT : RECORD_OK);
        g_assert_cmpuint(record.id, ==, len < 16 ? 0 : 5);
        g_assert_cmpuint(pos, <=, len);
    }
}

static void test_record_huge_length_is_cut(void)
{
    struct stunt_record head = { .type = 32, .len = 0xfffffff8u, .id = 9 };
    struct record record;
    size_t pos = 0;

    g_assert_cmpint(record_next((const uint8_t *)&head, sizeof(head), &pos, &record), ==, RECORD_CUT);
    g_assert_cmpuint(record.id, ==, 9);
}

/* ---- requests */

static const char *parse(uint32_t type, int32_t value, const void *payload, size_t len, struct request *ret)
{
    struct record record = { .type = type, .id = 3, .value = value, .payload = payload, .len = len };

    return request_parse(&record, ret);
}

static void test_request_run(void)
{
    struct request request;

    g_assert_null(parse(STUNT_REC_RUN, 0, "echo\0\0a b", 10, &request));
    g_assert_cmpint(request.argc, ==, 3);
    g_assert_cmpstr(request.argv[0], ==, "echo");
    g_assert_cmpstr(request.argv[1], ==, "");
    g_assert_cmpstr(request.argv[2], ==, "a b");
    g_assert_null(request.argv[3]);
}

static void test_request_run_refused(void)
{
    char many[2 * (REQUEST_ARGS_MAX + 1)];
    struct request request;

    g_assert_nonnull(parse(STUNT_REC_RUN, 0, "", 0, &request));
    g_assert_nonnull(parse(STUNT_REC_RUN, 0, "", 1, &request)); /* an empty name */
    g_assert_nonnull(parse(STUNT_REC_RUN, 0, "echo", 4, &request));
    g_assert_nonnull(parse(STUNT_REC_RUN, 0, "echo\0a", 6, &request));
    for (size_t i = 0; i < sizeof(many); i++)
        many[i] = i % 2 ? '\0' : 'a';
    g_assert_null(parse(STUNT_REC_RUN, 0, many, sizeof(many) - 2, &request));
    g_assert_cmpint(request.argc, ==, REQUEST_ARGS_MAX);
    g_assert_nonnull(parse(STUNT_REC_RUN, 0, many, sizeof(many), &request));
}

static void test_request_put(void)
{
    struct request request;

    g_assert_null(parse(STUNT_REC_PUT, 0755, "/a\0b\0c", 6, &request));
    g_assert_cmpstr(request.name, ==, "/a");
    g_assert_cmpmem(request.data, request.data_len, "b\0c", 3);
    g_assert_null(parse(STUNT_REC_PUT, 0644, "/a", 3, &request));
    g_assert_cmpuint(request.data_len, ==, 0);
    g_assert_nonnull(parse(STUNT_REC_PUT, 0644, "/a", 2, &request));
    g_assert_nonnull(parse(STUNT_REC_PUT, 0644, "\0data", 5, &request));
}

static void test_request_long_name_is_refused(void)
{
    g_autofree char *name = g_strnfill(REQUEST_PATH_MAX, 'x');
    struct request request;

    g_assert_nonnull(parse(STUNT_REC_GET, 0, name, REQUEST_PATH_MAX + 1, &request));
    name[REQUEST_PATH_MAX - 1] = '\0';
    g_assert_null(parse(STUNT_REC_GET, 0, name, REQUEST_PATH_MAX, &request));
}

static void test_request_insmod(void)
{
    struct request request;

    g_assert_null(parse(STUNT_REC_INSMOD, 0, "stunt_dma\0a=1 b=2", 18, &request));
    g_assert_cmpstr(request.name, ==, "stunt_dma");
    g_assert_cmpstr(request.params, ==, "a=1 b=2");
    g_assert_null(parse(STUNT_REC_INSMOD, 0, "stunt_dma", 10, &request));
    g_assert_cmpstr(request.params, ==, "");
    g_assert_nonnull(parse(STUNT_REC_INSMOD, 0, "stunt_dma\0a=1", 13, &request));
}

static void test_request_kill(void)
{
    struct request request;

    g_assert_null(parse(STUNT_REC_KILL, 9, NULL, 0, &request));
    g_assert_cmpint(request.value, ==, 9);
    g_assert_nonnull(parse(STUNT_REC_KILL, -1, NULL, 0, &request));
    g_assert_nonnull(parse(STUNT_REC_KILL, 65, NULL, 0, &request));
}

static void test_request_seed(void)
{
    struct request request;

    g_assert_null(parse(STUNT_REC_SEED, 0, "12345678", 8, &request));
    g_assert_cmpmem(request.data, request.data_len, "12345678", 8);
    g_assert_nonnull(parse(STUNT_REC_SEED, 0, "1234567", 7, &request));
    g_assert_nonnull(parse(STUNT_REC_SEED, 0, NULL, 0, &request));
}

static void test_request_unknown_type(void)
{
    struct request request;

    g_assert_nonnull(parse(STUNT_REC_OUTPUT, 0, "x", 1, &request));
    g_assert_nonnull(parse(0, 0, NULL, 0, &request));
    g_assert_nonnull(parse(0xffffffffu, 0, NULL, 0, &request));
    g_assert_null(parse(STUNT_REC_SYNC, 0, NULL, 0, &request));
    g_assert_null(parse(STUNT_REC_POWEROFF, 0, NULL, 0, &request));
}

/* ---- modules.dep */

static void assert_order(const char *text, const char *name, const char *expected)
{
    struct moddep_order order;
    g_autoptr(GString) got = g_string_new(NULL);

    g_assert_cmpint(moddep_resolve(text, name, &order), ==, 0);
    for (int i = 0; i < order.count; i++)
        g_string_append_printf(got, "%s%.*s", i ? " " : "", order.path[i].len, order.path[i].text);
    g_assert_cmpstr(got->str, ==, expected);
}

static void test_moddep_depmod_order(void)
{
    /* As depmod writes it: all that is needed, the nearest first. */
    const char *text = "k/core.ko:\nk/mid.ko: k/core.ko\nk/top-one.ko: k/mid.ko k/core.ko\n";

    assert_order(text, "core", "k/core.ko");
    assert_order(text, "top_one", "k/core.ko k/mid.ko k/top-one.ko");
    assert_order(text, "top-one", "k/core.ko k/mid.ko k/top-one.ko");
}

static void test_moddep_direct_only(void)
{
    assert_order("top.ko: mid.ko\nmid.ko: core.ko\ncore.ko:", "top", "core.ko mid.ko top.ko");
}

static void test_moddep_diamond_is_loaded_once(void)
{
    assert_order("t.ko: a.ko  b.ko\na.ko: c.ko\nb.ko: c.ko\nc.ko:\n", "t", "c.ko b.ko a.ko t.ko");
}

static void test_moddep_whole_names_only(void)
{
    const char *text = "x/my_core.ko:\nx/core_2.ko.xz:\n";
    struct moddep_order order;

    g_assert_cmpint(moddep_resolve(text, "core", &order), ==, -ENOENT);
    assert_order(text, "core-2", "x/core_2.ko.xz");
}

/* Two files of one module: the plain name means the first, the path each of them. */
static void test_moddep_path_chooses_among_files(void)
{
    const char *text = "core.ko:\nupdates/a_b.ko: core.ko\nvariants/a_b.ko: core.ko\n";

    assert_order(text, "a-b", "core.ko updates/a_b.ko");
    assert_order(text, "updates/a_b", "core.ko updates/a_b.ko");
    assert_order(text, "variants/a_b", "core.ko variants/a_b.ko");
}

static void test_moddep_errors(void)
{
    struct moddep_order order;
    g_autoptr(GString) many = g_string_new("top.ko:");

    g_assert_cmpint(moddep_resolve("", "a", &order), ==, -ENOENT);
    g_assert_cmpint(moddep_resolve("no colon here\na.ko", "a", &order), ==, -ENOENT);
    g_assert_cmpint(moddep_resolve("a.ko: gone.ko\n", "a", &order), ==, -ENOENT);
    g_assert_cmpint(moddep_resolve("v/ab.ko:\n", "v/a", &order), ==, -ENOENT);
    g_assert_cmpint(moddep_resolve("v/a.ko:\n", "w/a", &order), ==, -ENOENT);
    g_assert_cmpint(moddep_resolve("a.ko: b.ko\nb.ko: a.ko\n", "a", &order), ==, -ELOOP);
    for (int i = 0; i < MODDEP_MAX; i++)
        g_string_append_printf(many, " m%d.ko", i);
    for (int i = 0; i < MODDEP_MAX; i++)
        g_string_append_printf(many, "\nm%d.ko:", i);
    g_assert_cmpint(moddep_resolve(many->str, "top", &order), ==, -E2BIG);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/record/round-trip", test_record_round_trip);
    g_test_add_func("/record/padding-is-zero", test_record_padding_is_zero);
    g_test_add_func("/record/full-message-is-unchanged", test_record_full_message_is_unchanged);
    g_test_add_func("/record/cut-anywhere", test_record_cut_anywhere);
    g_test_add_func("/record/huge-length-is-cut", test_record_huge_length_is_cut);
    g_test_add_func("/request/run", test_request_run);
    g_test_add_func("/request/run-refused", test_request_run_refused);
    g_test_add_func("/request/put", test_request_put);
    g_test_add_func("/request/long-name-is-refused", test_request_long_name_is_refused);
    g_test_add_func("/request/insmod", test_request_insmod);
    g_test_add_func("/request/kill", test_request_kill);
    g_test_add_func("/request/seed", test_request_seed);
    g_test_add_func("/request/unknown-type", test_request_unknown_type);
    g_test_add_func("/moddep/depmod-order", test_moddep_depmod_order);
    g_test_add_func("/moddep/direct-only", test_moddep_direct_only);
    g_test_add_func("/moddep/diamond-is-loaded-once", test_moddep_diamond_is_loaded_once);
    g_test_add_func("/moddep/whole-names-only", test_moddep_whole_names_only);
    g_test_add_func("/moddep/path-chooses-among-files", test_moddep_path_chooses_among_files);
    g_test_add_func("/moddep/errors", test_moddep_errors);
    return g_test_run();
}
