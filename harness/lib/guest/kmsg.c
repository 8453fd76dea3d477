/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "lib/guest/kmsg.h"

#define LEVEL_UNKNOWN 4 /* the kernel's own default, a warning */
#define US_PER_S      1000000

static void clear(gpointer data)
{
    g_free(((StuntKmsg *)data)->text);
}

StuntKmsg *stunt_kmsg_new(guint level, guint64 seq, guint64 time_us, char *text)
{
    StuntKmsg *kmsg = g_rc_box_new0(StuntKmsg);

    kmsg->level = level;
    kmsg->seq = seq;
    kmsg->time_us = time_us;
    kmsg->text = text;
    return kmsg;
}

void stunt_kmsg_unref(StuntKmsg *kmsg)
{
    if (kmsg) {
        g_rc_box_release_full(kmsg, clear);
    }
}

/* A decimal number at *text that `end` follows; moves *text behind both. */
static gboolean take_number(const char **text, char end, guint64 *ret)
{
    char *after;

    if (!g_ascii_isdigit(**text)) {
        return FALSE;
    }
    *ret = g_ascii_strtoull(*text, &after, 10);
    if (*after != end) {
        return FALSE;
    }
    *text = after + 1;
    return TRUE;
}

/* The kernel writes what is not printable as \xNN: taken back, and made valid text. */
static char *unescape(const char *text, gsize len)
{
    g_autoptr(GString) plain = g_string_sized_new(len);

    for (gsize i = 0; i < len; i++) {
        if (text[i] == '\\' && len - i >= 4 && text[i + 1] == 'x' && g_ascii_isxdigit(text[i + 2]) &&
            g_ascii_isxdigit(text[i + 3])) {
            guint byte = g_ascii_xdigit_value(text[i + 2]) << 4 | g_ascii_xdigit_value(text[i + 3]);

            g_string_append_c(plain, byte);
            i += 3;
        } else {
            g_string_append_c(plain, text[i]);
        }
    }
    return g_utf8_make_valid(plain->str, plain->len);
}

StuntKmsg *stunt_kmsg_parse(const char *record, gsize len)
{
    g_autofree char *copy = g_strndup(record, len);
    const char *text = copy, *body;
    guint64 prefix, seq, time_us;

    if (!take_number(&text, ',', &prefix) || !take_number(&text, ',', &seq)) {
        return NULL;
    }
    if (!g_ascii_isdigit(*text)) {
        return NULL;
    }
    time_us = g_ascii_strtoull(text, (char **)&text, 10);
    body = strchr(text, ';');
    if ((*text != ',' && *text != ';') || !body) {
        return NULL;
    }
    return stunt_kmsg_new(prefix & 7, seq, time_us, unescape(body + 1, strcspn(body + 1, "\n")));
}

StuntKmsg *stunt_kmsg_parse_line(const char *line)
{
    guint64 level = LEVEL_UNKNOWN, seconds, micros;
    const char *text = line;

    if (*text == '<') {
        text++;
        if (!take_number(&text, '>', &level)) {
            return NULL;
        }
    }
    if (*text++ != '[') {
        return NULL;
    }
    text += strspn(text, " ");
    if (!take_number(&text, '.', &seconds) || !take_number(&text, ']', &micros)) {
        return NULL;
    }
    return stunt_kmsg_new(level & 7, 0, seconds * US_PER_S + micros,
                          g_utf8_make_valid(*text == ' ' ? text + 1 : text, -1));
}
