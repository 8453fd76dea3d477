/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "lib/guest/record.h"
#include "stunt/error.h"

static void test_round_trip(void)
{
    g_autoptr(GByteArray) message = g_byte_array_new();
    StuntRecord record;
    gsize offset = 0;

    for (guint len = 0; len < 40; len++) {
        g_autofree char *payload = g_strnfill(len, 'x');
        g_autoptr(GBytes) one = stunt_record_new(100 + len, len, -(gint)len, payload, len);

        g_assert_cmpuint(g_bytes_get_size(one) % 8, ==, 0);
        g_byte_array_append(message, g_bytes_get_data(one, NULL), g_bytes_get_size(one));
    }
    for (guint len = 0; len < 40; len++) {
        g_autofree char *payload = g_strnfill(len, 'x');

        g_assert_true(stunt_record_next(message->data, message->len, &offset, &record, NULL));
        g_assert_cmpuint(record.type, ==, 100 + len);
        g_assert_cmpuint(record.id, ==, len);
        g_assert_cmpint(record.value, ==, -(gint)len);
        g_assert_cmpmem(record.payload, record.len, payload, len);
    }
    g_assert_cmpuint(offset, ==, message->len);
}

static void test_the_largest_fits_a_message(void)
{
    g_autofree char *payload = g_malloc0(STUNT_RECORD_PAYLOAD_MAX);
    g_autoptr(GBytes) one = stunt_record_new(1, 1, 0, payload, STUNT_RECORD_PAYLOAD_MAX);

    g_assert_cmpuint(g_bytes_get_size(one), <=, STUNT_MESSAGE_MAX);
}

static void check_refused(gconstpointer message, gsize len)
{
    g_autoptr(GError) error = NULL;
    StuntRecord record = { .type = 77 };
    gsize offset = 0;

    g_assert_false(stunt_record_next(message, len, &offset, &record, &error));
    g_assert_error(error, STUNT_ERROR, STUNT_ERROR_PROTOCOL);
    g_assert_cmpuint(offset, ==, 0);
    g_assert_cmpuint(record.type, ==, 77);
}

static void test_cut_short(void)
{
    g_autoptr(GBytes) one = stunt_record_new(1, 2, 3, "hello", 5);

    for (gsize len = 1; len < g_bytes_get_size(one); len++) {
        check_refused(g_bytes_get_data(one, NULL), len);
    }
}

static void test_bad_length(void)
{
    static const guint32 lengths[] = { 9, 1000, 0x7fffffff, 0xfffffff0, 0xffffffff };

    for (guint i = 0; i < G_N_ELEMENTS(lengths); i++) {
        struct {
            struct stunt_record header;
            char payload[8];
        } message = { .header = { .type = 1, .len = lengths[i] } };

        check_refused(&message, sizeof(message));
    }
}

static void test_bad_padding(void)
{
    g_autoptr(GBytes) one = stunt_record_new(1, 2, 3, "hello", 5);
    g_autofree char *copy = g_memdup2(g_bytes_get_data(one, NULL), g_bytes_get_size(one));

    copy[g_bytes_get_size(one) - 1] = 1;
    check_refused(copy, g_bytes_get_size(one));
}

/* Whatever comes, every record lies inside of its message. Meant to be run under valgrind too. */
static void test_noise(void)
{
    for (guint round = 0; round < 20000; round++) {
        const gsize len = g_test_rand_int_range(1, 200);
        g_autofree guint8 *message = g_malloc(len);
        StuntRecord record;
        gsize offset = 0;

        for (gsize i = 0; i < len; i++) {
            message[i] = g_test_rand_bit() ? 0 : g_test_rand_int_range(0, 40);
        }
        while (offset < len && stunt_record_next(message, len, &offset, &record, NULL)) {
            g_assert_true((const guint8 *)record.payload + record.len <= message + len);
            g_assert_cmpuint(offset, <=, len);
        }
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/record/round-trip", test_round_trip);
    g_test_add_func("/record/the-largest-fits-a-message", test_the_largest_fits_a_message);
    g_test_add_func("/record/cut-short", test_cut_short);
    g_test_add_func("/record/bad-length", test_bad_length);
    g_test_add_func("/record/bad-padding", test_bad_padding);
    g_test_add_func("/record/noise", test_noise);
    return g_test_run();
}
