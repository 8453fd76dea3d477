/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "crc32c.h"

#include <glib.h>
#include <string.h>

static uint32_t crc_of(const void *data, size_t len)
{
    return stunt_crc32c_end(stunt_crc32c_add(STUNT_CRC32C_START, data, len));
}

/* RFC 3720, B.4 */
static void test_published_vectors(void)
{
    uint8_t data[32];

    g_assert_cmphex(crc_of("", 0), ==, 0);
    g_assert_cmphex(crc_of("123456789", 9), ==, 0xe3069283);
    memset(data, 0, sizeof(data));
    g_assert_cmphex(crc_of(data, sizeof(data)), ==, 0x8a9136aa);
    memset(data, 0xff, sizeof(data));
    g_assert_cmphex(crc_of(data, sizeof(data)), ==, 0x62a8ab43);
    for (unsigned i = 0; i < sizeof(data); i++) {
        data[i] = (uint8_t)i;
    }
    g_assert_cmphex(crc_of(data, sizeof(data)), ==, 0x46dd794e);
    for (unsigned i = 0; i < sizeof(data); i++) {
        data[i] = (uint8_t)(31 - i);
    }
    g_assert_cmphex(crc_of(data, sizeof(data)), ==, 0x113fdb5c);
}

static uint32_t bit_by_bit(const uint8_t *data, size_t len)
{
    uint32_t crc = UINT32_MAX;

    for (size_t i = 0; i < len; i++) {
        crc ^= data[i];
        for (unsigned bit = 0; bit < 8; bit++) {
            crc = (crc >> 1) ^ ((crc & 1) ? 0x82f63b78u : 0);
        }
    }
    return ~crc;
}

static void test_any_length_and_alignment(void)
{
    uint8_t data[200];

    for (unsigned i = 0; i < sizeof(data); i++) {
        data[i] = (uint8_t)g_test_rand_int();
    }
    for (unsigned from = 0; from < 16; from++) {
        for (unsigned len = 0; len < 180; len++) {
            g_assert_cmphex(crc_of(data + from, len), ==, bit_by_bit(data + from, len));
        }
    }
}

static void test_pieces_add_up(void)
{
    static const char text[] = "the quick brown fox jumps over the lazy dog";
    uint32_t whole = crc_of(text, strlen(text));

    for (size_t cut = 0; cut <= strlen(text); cut++) {
        uint32_t running = stunt_crc32c_add(STUNT_CRC32C_START, text, cut);

        running = stunt_crc32c_add(running, text + cut, strlen(text) - cut);
        g_assert_cmphex(stunt_crc32c_end(running), ==, whole);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/crc32c/published-vectors", test_published_vectors);
    g_test_add_func("/crc32c/any-length-and-alignment", test_any_length_and_alignment);
    g_test_add_func("/crc32c/pieces-add-up", test_pieces_add_up);
    return g_test_run();
}
