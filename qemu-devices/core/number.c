/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "number.h"

#include <stdbool.h>
#include <string.h>

#define PLACES_MAX 9u

static unsigned digit_value(char c)
{
    if (c >= '0' && c <= '9') {
        return (unsigned)(c - '0');
    }
    if (c >= 'a' && c <= 'f') {
        return (unsigned)(c - 'a') + 10;
    }
    return c >= 'A' && c <= 'F' ? (unsigned)(c - 'A') + 10 : 16;
}

enum stunt_number stunt_number_scan(const char *text, size_t len, uint64_t *ret_value)
{
    bool hex = len > 2 && text[0] == '0' && (text[1] == 'x' || text[1] == 'X');
    uint64_t base = hex ? 16 : 10, value = 0;
    bool too_big = false;

    if (len == 0) {
        return STUNT_NUMBER_BAD;
    }
    for (size_t i = hex ? 2 : 0; i < len; i++) {
        uint64_t digit = digit_value(text[i]);

        if (digit >= base) {
            return STUNT_NUMBER_BAD;
        }
        too_big = too_big || value > (UINT64_MAX - digit) / base;
        value = value * base + digit;
    }
    if (too_big) {
        return STUNT_NUMBER_RANGE;
    }
    *ret_value = value;
    return STUNT_NUMBER_OK;
}

/* top / bottom as written; a decimal fraction has a power of ten below. */
static enum stunt_number scan_ratio(const char *text, uint64_t *ret_top, uint64_t *ret_bottom)
{
    size_t whole = strcspn(text, "./"), rest = strlen(text + whole);
    const char *tail = text + whole + 1;
    uint64_t places = 0;
    enum stunt_number result = stunt_number_scan(text, whole, ret_top);

    *ret_bottom = 1;
    if (result != STUNT_NUMBER_OK || rest == 0) {
        return result;
    }
    if (text[whole] == '/') {
        return stunt_number_scan(tail, rest - 1, ret_bottom);
    }
    if (rest - 1 > PLACES_MAX || strspn(tail, "0123456789") != rest - 1) {
        return STUNT_NUMBER_BAD;
    }
    result = stunt_number_scan(tail, rest - 1, &places);
    for (size_t i = 1; i < rest; i++) {
        *ret_bottom *= 10;
    }
    /* Anything from 2 on is out of range in any case, and must not overflow. */
    *ret_top = (*ret_top > 2 ? 2 : *ret_top) * *ret_bottom + places;
    return result;
}

enum stunt_number stunt_probability_scan(const char *text, uint64_t *ret_value)
{
    uint64_t top, bottom;
    enum stunt_number result = scan_ratio(text, &top, &bottom);

    if (result != STUNT_NUMBER_OK) {
        return result;
    }
    if (bottom == 0) {
        return STUNT_NUMBER_BAD;
    }
    if (top > bottom) {
        return STUNT_NUMBER_RANGE;
    }
    while (top > UINT32_MAX) { /* a ratio of large numbers: keep what 2^32 can tell apart */
        top >>= 1;
        bottom >>= 1;
    }
    *ret_value = top == bottom ? STUNT_ALWAYS : top * STUNT_ALWAYS / bottom;
    return STUNT_NUMBER_OK;
}
