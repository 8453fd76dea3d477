/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Eight tables, eight bytes at a time ("slicing by 8"). */
#include "crc32c.h"

#include <stdbool.h>

#define POLYNOMIAL 0x82f63b78u

static uint32_t table[8][256];
static bool table_made;

static void make_table(void)
{
    for (unsigned byte = 0; byte < 256; byte++) {
        uint32_t crc = byte;

        for (unsigned bit = 0; bit < 8; bit++) {
            crc = (crc >> 1) ^ ((crc & 1) ? POLYNOMIAL : 0);
        }
        table[0][byte] = crc;
    }
    for (unsigned byte = 0; byte < 256; byte++) {
        for (unsigned slice = 1; slice < 8; slice++) {
            uint32_t below = table[slice - 1][byte];

            table[slice][byte] = (below >> 8) ^ table[0][below & 0xff];
        }
    }
    table_made = true;
}

static uint32_t little_endian(const uint8_t *p)
{
    return p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

uint32_t stunt_crc32c_add(uint32_t running, const void *data, size_t len)
{
    const uint8_t *p = data;

    if (!table_made) {
        make_table();
    }
    for (; len >= 8; p += 8, len -= 8) {
        uint32_t a = running ^ little_endian(p);
        uint32_t b = little_endian(p + 4);

        running = table[7][a & 0xff] ^ table[6][(a >> 8) & 0xff] ^ table[5][(a >> 16) & 0xff] ^
                  table[4][a >> 24] ^ table[3][b & 0xff] ^ table[2][(b >> 8) & 0xff] ^
                  table[1][(b >> 16) & 0xff] ^ table[0][b >> 24];
    }
    for (; len; p++, len--) {
        running = (running >> 8) ^ table[0][(running ^ *p) & 0xff];
    }
    return running;
}
