/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "lib/util/text.h"

#define DIGITS_MAX 20 /* of a 64-bit number */
#define NS_PER_S   G_GUINT64_CONSTANT(1000000000)

void stunt_text_dec(GString *out, guint64 value, guint width, char fill)
{
    char digits[DIGITS_MAX];
    guint n = 0;

    do {
        digits[DIGITS_MAX - ++n] = '0' + value % 10;
        value /= 10;
    } while (value);
    for (guint i = n; i < width; i++) {
        g_string_append_c(out, fill);
    }
    g_string_append_len(out, digits + DIGITS_MAX - n, n);
}

void stunt_text_hex(GString *out, guint64 value)
{
    char digits[DIGITS_MAX];
    guint n = 0;

    do {
        digits[DIGITS_MAX - ++n] = "0123456789abcdef"[value & 15];
        value >>= 4;
    } while (value);
    g_string_append_len(out, "0x", 2);
    g_string_append_len(out, digits + DIGITS_MAX - n, n);
}

void stunt_text_time(GString *out, guint64 time_ns)
{
    stunt_text_dec(out, time_ns / NS_PER_S, 6, ' ');
    g_string_append_c(out, '.');
    stunt_text_dec(out, time_ns % NS_PER_S, 9, '0');
}

static void append_escaped(GString *out, guchar byte)
{
    const char *hex = "0123456789abcdef";
    char text[4] = { '\\', 'x', hex[byte >> 4], hex[byte & 15] };

    g_string_append_len(out, text, sizeof(text));
}

static gboolean is_plain(gunichar c)
{
    return !g_unichar_iscntrl(c) && c != 0x2028 && c != 0x2029; /* these two end lines and paragraphs */
}

void stunt_text_line(GString *out, const char *text, gsize len)
{
    const char *end = text + len;

    while (text < end) {
        gunichar c = g_utf8_get_char_validated(text, end - text);
        gsize size = (gint32)c < 0 ? 1 : g_unichar_to_utf8(c, NULL);

        if ((gint32)c >= 0 && is_plain(c)) {
            g_string_append_len(out, text, size);
        } else if (c == '\t') {
            g_string_append_c(out, ' ');
        } else {
            for (gsize i = 0; i < size; i++) {
                append_escaped(out, text[i]);
            }
        }
        text += size;
    }
}
